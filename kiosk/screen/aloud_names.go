package screen

import (
	"slices"
	"strconv"
	"strings"

	"otklik/kiosk/words"
	"otklik/surveys"
)

// spoken is what is said of a target: its words, or the name of its picture, and whether it is chosen.
func (s *Stage) spoken(t Target, on *tile) string {
	said, w := sentence(on.content), words.In(s.view.Language)
	if said == "" {
		said = s.pictured(t.Name)
	}
	if p := s.page(); said != "" && on.idle.edge == p.Accent && on.idle.fill == p.Tint {
		said += ", " + w.Say("aloud.chosen")
	}
	return said
}

// pictured is the name of a target that shows a picture alone: stars, and the keys of the keyboard that have a sign.
func (s *Stage) pictured(name string) string {
	w := words.In(s.view.Language)
	switch name {
	case "key:shift":
		return w.Say("aloud.shift")
	case "key:backspace":
		return w.Say("aloud.backspace")
	}
	n, err := strconv.Atoi(name[strings.LastIndex(name, ":")+1:])
	if err != nil || strings.HasPrefix(name, "ease") || strings.HasPrefix(name, "cell") {
		return ""
	}
	return w.Count("aloud.stars", n)
}

// heading is the question or the row that a target answers, as a name of it and as what is said of it.
func (s *Stage) heading(target string) (about string, said []string) {
	kind, rest, _ := strings.Cut(target, ":")
	code, _, _ := strings.Cut(rest, ":")
	switch kind {
	case "item":
		for _, item := range s.view.Group {
			if item.Question.Code == code {
				p := s.page().of(item)
				return target[:len("item:")+len(code)], append([]string{item.Text, p.note()}, p.besideAnswers()...)
			}
		}
	case "row":
		if i := slices.IndexFunc(s.view.Question.Rows, func(r surveys.Row) bool { return r.Code == code }); i >= 0 {
			return "row:" + code, []string{s.view.Question.Rows[i].Text.In(s.view.Language, s.view.Survey.Languages...)}
		}
	}
	return "", nil
}

// besideAnswers is what stands beside the answers of a question and is no answer itself: the terms of a consent, the words at the
// ends of a scale, the figure of a slider.
func (p *page) besideAnswers() []string {
	q := p.view.Question
	switch q.Kind {
	case surveys.Consent:
		in := func(t surveys.Text) string { return t.In(p.view.Language, p.view.Survey.Languages...) }
		return []string{
			p.Say("consent.purpose") + ": " + in(q.Consent.Purpose), p.Say("consent.term") + ": " + in(q.Consent.Term),
			p.Say("consent.version") + ": " + q.Consent.Version,
		}
	case surveys.Slider:
		low, high := p.sliderEnds(q)
		if value, has := p.view.Value.Float(); has {
			return []string{low, high, number(value, q.Decimals)}
		}
		return []string{low, high}
	case surveys.NPS:
		return []string{"0 — " + p.own(q.Low, "nps.low"), "10 — " + p.own(q.High, "nps.high")}
	case surveys.Stars:
		return []string{"1 — " + p.own(q.Low, "stars.low"), "5 — " + p.own(q.High, "stars.high")}
	case surveys.Agreement:
		if q.Levels != 0 && q.Levels != 5 {
			return []string{"1 — " + p.own(q.Low, "agreement.1"), strconv.Itoa(q.Levels) + " — " + p.own(q.High, "agreement.5")}
		}
	}
	return nil
}
