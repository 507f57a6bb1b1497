package screen

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"otklik/kiosk/visit"
	"otklik/kiosk/words"
	"otklik/surveys"
)

// spoken is what is said of a target: its words, or the name of its picture, and whether it is chosen. On a discreet glass the
// latter is for headphones alone, as its mark is for the visitor's eyes; and what somebody wrote is never said.
func (s *Stage) spoken(t Target, on *tile) string {
	w := words.In(s.view.Language)
	said := sentence(on.content)
	if named := s.pictured(t.Name); named != "" && !strings.ContainsFunc(said, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
		said = named
	}
	if !on.idle.chosen || said == "" {
		return said
	}
	switch {
	case s.keptBack(t.Name):
		return w.Say("line.given")
	case s.discreet && !s.voice.Headphones():
		return said
	}
	if choice, n := s.placed(t.Name); n > 0 {
		return choice + ", " + template(w.Say("aloud.place"), "place", strconv.Itoa(n))
	}
	return said + ", " + w.Say("aloud.chosen")
}

// placed returns the words of a choice that was put in order, and which place it has; 0 for none.
func (s *Stage) placed(target string) (words string, place int) {
	code, choice := strings.CutPrefix(target, "choice:")
	i := slices.IndexFunc(s.view.Choices, func(c surveys.Choice) bool { return c.Code == code })
	if !choice || i < 0 || s.view.Question.Kind != surveys.Ranking {
		return "", 0
	}
	order, _ := s.view.Value.List()
	return s.page().word(s.view.Choices[i]), slices.Index(order, code) + 1
}

// keptBack reports whether a target opens one of several questions whose answer is not said: it was written, or the glass is
// discreet.
func (s *Stage) keptBack(target string) bool {
	return slices.ContainsFunc(s.view.Group, func(i visit.Item) bool {
		return target == "item:"+i.Question.Code+":open" && (s.discreet || !i.Question.Kind.Traits().HasChoices)
	})
}

// signs are the names of what shows a sign or nothing, by the last part of the name of its target.
var signs = map[string]string{
	"shift": "aloud.shift", "backspace": "aloud.backspace", "minus": "aloud.less", "plus": "aloud.more", "slider": "aloud.slider",
	"ease": "ease.panel", "text": "ease.text", "contrast": "ease.contrast", "back": "back", "space": "key.space",
}

// pictured is the name of a target without words: stars, the keys that have a sign alone, the parts of a slider.
func (s *Stage) pictured(name string) string {
	w := words.In(s.view.Language)
	last := name[strings.LastIndex(name, ":")+1:]
	if key, ok := signs[last]; ok {
		return w.Say(key)
	}
	n, err := strconv.Atoi(last)
	if err != nil || strings.HasPrefix(name, "cell") {
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
		if value, has := p.view.Value.Float(); has && (!p.discreet || p.voice.Headphones()) {
			return []string{low, high, number(value, q.Decimals) + ", " + p.Say("aloud.chosen")}
		}
		return []string{low, high}
	case surveys.Signature:
		if !p.view.Value.IsZero() {
			return []string{p.Say("aloud.signed")}
		}
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
