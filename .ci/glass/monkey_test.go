package main

import (
	"strings"
	"testing"

	"otklik/glass/rig"
)

func TestMonkeyJudgesAnswersByTheirIDs(t *testing.T) {
	good := func() *monkeyReport {
		m := newReport(1)
		m.Kept = map[string]int{"a": 1, "b": 2, "c": 3} // nobody was thanked for c: the visitor had left
		m.Thanked = map[string]int{"a": 1, "b": 2}
		m.Exported = []string{"a", "b", "c"}
		m.Written, m.Compared, m.Held = 1, 1, 1
		return m
	}
	if err := good().judge(0); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name     string
		exported []string
		says     []string
	}{
		{"one is lost", []string{"b", "c"}, []string{"answer a is not at the collector"}},
		{"one is lost and another is there twice", []string{"b", "b", "c"}, []string{"answer a is not", "answer b more than once"}},
		{"one is lost and a stranger is there", []string{"x", "b", "c"}, []string{"answer a is not", "answer x, which no terminal stored"}},
	} {
		m := good()
		m.Exported = c.exported
		err := m.judge(0)
		for _, says := range c.says {
			if err == nil || !strings.Contains(err.Error(), says) {
				t.Errorf("%s: %v, which does not say %q", c.name, err, says)
			}
		}
	}
	if err := good().judge(1); err == nil {
		t.Error("no chord was pressed of one")
	}
}

func TestMonkeySeesWhatIsOfAnEarlierVisit(t *testing.T) {
	for _, c := range []struct {
		name  string
		lines []rig.Painted
		says  string
	}{
		{"thanks without an answer", []rig.Painted{{Screen: "thanks"}}, "nothing was stored"},
		{"two answers of a visit", []rig.Painted{{Screen: "thanks", Kept: []string{"a", "b"}}}, "stored twice"},
		{"a text again", []rig.Painted{
			{Screen: "question-meant", Texts: []string{"You wrote zqaaaa?"}},
			{Screen: "attract"},
			{Screen: "question-say", Texts: []string{"ZQAAAA"}},
		}, "of visit 1 is shown on question-say in visit 2"},
		{"the corner without its PIN", []rig.Painted{{Screen: "service-menu"}}, "the corner was opened"},
		{"all is well", []rig.Painted{
			{Screen: "ease"},
			{Screen: "attract"},
			{Screen: "question-say", Texts: []string{"zqaaaa"}},
			{Screen: "thanks", Kept: []string{"a"}},
			{Screen: "attract"},
			{Screen: "service-pin"},
			{Screen: "attract"},
		}, ""},
	} {
		m := newReport(1)
		m.markers["zqaaaa"] = 0
		m.see(rig.Painted{Screen: "attract"})
		for _, p := range c.lines {
			m.see(p)
		}
		said := ""
		for _, err := range m.problems {
			said += err.Error()
		}
		if !strings.Contains(said, c.says) || c.says == "" && said != "" {
			t.Errorf("%s: %q", c.name, said)
		}
	}
}

func TestChordsAreAllThereAre(t *testing.T) {
	all := map[string]bool{}
	for n := range bundles {
		held, locked := bundle(n)
		var name strings.Builder
		for _, k := range append(locked, held...) {
			name.WriteString(string(rune(k)) + " ")
		}
		all[name.String()] = true
	}
	if len(all)*functionKeys != allChords {
		t.Errorf("%d different chords with function keys, of %d", len(all)*functionKeys, allChords)
	}
}
