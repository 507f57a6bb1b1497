package surveys

import (
	"fmt"
	"slices"
	"time"

	"otklik/surveys/expr"
)

// partial reads whether unfinished responses are kept. A test would be marked on questions that nobody was asked.
func (l *loader) partial(o object) {
	l.survey.Partial = o.boolean("partial")
	if l.survey.Partial && l.survey.Kind == Test {
		l.problem(o.fields["partial"].at, "a test keeps no partial responses", "false, or no partial at all")
	}
}

func (l *loader) anonymous(o object) {
	l.survey.Anonymous = o.boolean("anonymous") || l.survey.Kind == Staff
	if f, ok := o.fields["anonymous"]; ok && l.survey.Kind == Staff && !o.boolean("anonymous") {
		l.problem(f.at, "a staff survey is always anonymous", "true, or no anonymous at all")
	}
}

func (l *loader) audiences(o object) {
	seen := map[string]place{}
	for _, f := range o.list("audiences", "audiences", 1, maxAudiences, false) {
		a, ok := l.object(f, "an audience", "code", "name", "when")
		if !ok {
			continue
		}
		code, at := l.code(a)
		l.distinct(seen, "audience", code, at)
		i := len(l.survey.Audiences)
		l.sees = sight{}
		l.survey.Audiences = append(l.survey.Audiences, Audience{Code: code, Name: l.text(a, "name", maxLabel, true)})
		l.condition(a, "when", everything, func(p *expr.Program) { l.survey.Audiences[i].When = p })
	}
}

func (l *loader) quotas(o object) {
	seen := map[string]place{}
	for _, f := range o.list("quotas", "quotas", 1, maxQuotas, false) {
		q, ok := l.object(f, "a quota", "code", "when", "limit")
		if !ok {
			continue
		}
		code, at := l.code(q)
		l.distinct(seen, "quota", code, at)
		i := len(l.survey.Quotas)
		l.survey.Quotas = append(l.survey.Quotas, Quota{Code: code, Limit: q.integer("limit", 1, maxCount, true)})
		l.condition(q, "when", everything, func(p *expr.Program) { l.survey.Quotas[i].When = p })
	}
}

func (l *loader) sample(o object) *Sample {
	f, ok := o.fields["sample"]
	if !ok {
		return nil
	}
	s, ok := l.object(f, "a sample", "every", "probability")
	if !ok {
		return nil
	}
	_, every := s.fields["every"]
	_, probability := s.fields["probability"]
	if every == probability {
		l.problem(f.at, "the sample needs one way of choosing", "every or probability")
		return nil
	}
	sample := &Sample{Every: s.integer("every", 2, maxCount, false), Probability: s.number("probability", 0)}
	if probability && (sample.Probability <= 0 || sample.Probability >= 1) {
		l.problem(s.fields["probability"].at, "the probability is "+decimal(sample.Probability), "a number above 0 and below 1, such as 0.2")
	}
	return sample
}

// days are the words for the days of the week.
var days = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

func (l *loader) schedule(o object) *Schedule {
	f, ok := o.fields["schedule"]
	if !ok {
		return nil
	}
	s, ok := l.object(f, "a schedule", "from", "until", "open")
	if !ok {
		return nil
	}
	schedule := &Schedule{
		From: l.moment(s, "from", dayForm, "a date such as 2026-12-31"), Until: l.moment(s, "until", dayForm, "a date such as 2026-12-31"),
	}
	if schedule.Until != "" && schedule.Until < schedule.From {
		l.problem(s.fields["until"].at, fmt.Sprintf("until %s lies before from %s", schedule.Until, schedule.From), "the last day, included")
	}
	for _, f := range s.list("open", "openings", 1, maxOpenings, false) {
		if o, ok := l.object(f, "an opening", "days", "from", "until"); ok {
			schedule.Openings = append(schedule.Openings, l.opening(o))
		}
	}
	return schedule
}

func (l *loader) opening(o object) Opening {
	const expected = "one of mon, tue, wed, thu, fri, sat, sun"
	const clock = "a time of day such as 09:00, in quotes"
	opening := Opening{From: l.moment(o, "from", clockForm, clock), Until: l.moment(o, "until", clockForm, clock+", or 24:00")}
	for _, f := range o.list("days", "days of the week", 1, len(days), false) {
		s, ok := l.scalar(f, expected)
		switch day := time.Weekday(slices.Index(days, s.text)); {
		case !ok:
		case day < 0:
			l.problem(f.at, fmt.Sprintf("the day is %.40q", s.text), expected)
		case slices.Contains(opening.Days, day):
			l.problem(f.at, fmt.Sprintf("the day %s stands twice", s.text), "")
		default:
			opening.Days = append(opening.Days, day)
		}
	}
	_, from := o.fields["from"]
	_, until := o.fields["until"]
	switch {
	case from != until:
		l.problem(o.at, "an opening has only one of from and until", "both, or none for the whole day")
	case opening.Until != "" && opening.Until <= opening.From:
		l.problem(o.fields["until"].at, fmt.Sprintf("until %s is not after from %s", opening.Until, opening.From),
			"a later time; a span over midnight is two openings")
	}
	return opening
}

// moment reads a date or a time of day; until may be 24:00.
func (l *loader) moment(o object, key, layout, expected string) string {
	f, ok := o.fields[key]
	if !ok {
		return ""
	}
	s, ok := l.scalar(f, expected)
	if !ok || layout == clockForm && key == "until" && s.text == "24:00" {
		return s.text
	}
	if !written(s.text, layout) {
		l.problem(f.at, fmt.Sprintf("%s is %.40q", key, s.text), expected)
		return ""
	}
	return s.text
}

func (l *loader) test(o object) *TestRules {
	f, ok := o.fields["test"]
	if !ok {
		return nil
	}
	if l.survey.Kind != Test && l.survey.Kind != "" {
		l.problem(f.at, fmt.Sprintf("test does not belong to a survey of the kind %s", l.survey.Kind), "test on the kind test only")
	}
	t, ok := l.object(f, "a test", "pass_mark", "time_limit", "show_result", "tickets")
	if !ok {
		return nil
	}
	tickets := t.boolean("tickets")
	if tickets && l.survey.Anonymous {
		l.problem(t.fields["tickets"].at, "an anonymous survey cannot be taken by ticket: somebody knows who got which ticket",
			"false, or no anonymous")
	}
	return &TestRules{
		PassMark:   t.integer("pass_mark", 1, 100, true),
		TimeLimit:  time.Duration(t.integer("time_limit", 10, maxTimeLimit, false)) * time.Second,
		ShowResult: t.boolean("show_result"),
		Tickets:    tickets,
	}
}
