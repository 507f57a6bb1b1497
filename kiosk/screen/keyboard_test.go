package screen_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"otklik/kiosk/screen"
	"otklik/kiosk/theme"
	"otklik/kiosk/visit"
	"otklik/surveys"
)

// hall is a real visit on a glass that only keys reach.
type hall struct {
	t       *testing.T
	machine *visit.Machine
	stage   *screen.Stage
	now     time.Time
	stored  *surveys.Response
}

func mustHall(t *testing.T, display theme.Display, cfg visit.Config) *hall {
	t.Helper()
	test.NewTempApp(t)
	h := &hall{t: t, now: time.Date(2026, 1, 15, 9, 41, 0, 0, time.UTC)}
	h.machine = visit.New(cfg, func() uint64 { return 1 }, h.now)
	h.stage = screen.NewStage(display, theme.MustBrand(theme.Default), h.do, nil)
	h.stage.SetClock(func() time.Time { return h.now })
	h.stage.Content().Resize(fyne.NewSize(float32(display.Width), float32(display.Height)))
	h.stage.Show(h.view())
	return h
}

func (h *hall) view() visit.View { return h.machine.View(h.now) }

func (h *hall) do(e visit.Event) {
	h.now = h.now.Add(time.Second)
	if r := h.machine.Handle(e, h.now); r != nil {
		h.stored = r
		h.machine.Handle(visit.Saved{}, h.now)
	}
	h.stage.Show(h.view())
}

// key presses keys one after another, a second apart.
func (h *hall) key(names ...fyne.KeyName) {
	for _, name := range names {
		h.now = h.now.Add(time.Second)
		e := &fyne.KeyEvent{Name: name}
		h.stage.KeyDown(e)
		if name != fyne.KeyTab { // Fyne keeps Tab to itself
			h.stage.TypedKey(e)
		}
		h.stage.KeyUp(e)
	}
}

func (h *hall) write(text string) {
	for _, r := range text {
		h.now = h.now.Add(time.Second)
		h.stage.TypedRune(r)
	}
}

// enter brings the focus to a target by Tab and presses Enter.
func (h *hall) enter(target string) {
	h.t.Helper()
	for range h.stage.Targets() {
		if h.key(fyne.KeyTab); h.stage.Focus() == target {
			h.key(fyne.KeyReturn)
			return
		}
	}
	h.t.Fatalf("Tab does not lead to %s on %s: %v", target, h.view().Screen, h.stage.Targets())
}

// on fails unless a screen is shown, of a question with that code.
func (h *hall) on(s visit.Screen, code string) {
	h.t.Helper()
	v := h.view()
	if got := v.Question; v.Screen != s || code != "" && (got == nil || got.Code != code) {
		h.t.Fatalf("on %s (%v), not on %s %s", v.Screen, got, s, code)
	}
}

func loaded(t *testing.T, id, head, pages string) *surveys.Survey {
	t.Helper()
	source := fmt.Sprintf("id: %s\nnumber: 1\n%s\nlanguages: [ru, en]\ntitle: {ru: \"%s\", en: \"%s\"}\n%s", id, head, id, id, pages)
	s, err := surveys.Load(id+".yaml", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var small = theme.Display{Width: 800, Height: 480, Inches: 7}

func TestTheMenuLettersAndLanguagesAreUsedByKeysAlone(t *testing.T) {
	const pages = "pages:\n  - questions:\n      - {code: a, kind: smiley, text: {ru: \"А?\", en: \"A?\"}}\n      - {code: b, kind: stars, text: {ru: \"Б?\", en: \"B?\"}}\n"
	h := mustHall(t, small, visit.Config{Surveys: []*surveys.Survey{loaded(t, "one", "kind: poll", pages), loaded(t, "two", "kind: poll", pages)}})
	h.enter("start:ru")
	h.on(visit.Menu, "")
	h.enter("survey:two")
	h.on(visit.Question, "a")
	if got := h.view().Survey.ID; got != "two" {
		t.Fatalf("chose %s", got)
	}
	h.key(fyne.KeyEscape)
	h.on(visit.Menu, "")
	h.enter("survey:one")
	h.enter("ease")
	h.on(visit.Easing, "")
	h.enter("ease:contrast")
	h.enter("ease:text:2")
	if e := h.view().Ease; !e.Contrast || e.Text != 2 {
		t.Fatalf("the glass is %+v", e)
	}
	h.key(fyne.KeyEscape)
	h.on(visit.Question, "a")
	h.do(visit.ShowLanguages{})
	h.on(visit.Languages, "")
	h.enter("lang:en")
	h.on(visit.Question, "a")
	if got := h.view().Language; got != "en" {
		t.Fatalf("speaks %s", got)
	}
	h.do(visit.ShowLanguages{})
	h.key(fyne.KeyEscape)
	h.on(visit.Question, "a")
	h.key(fyne.KeyTab, fyne.KeyReturn)
	h.on(visit.Question, "b")
	h.key(fyne.KeyEscape)
	h.on(visit.Question, "a")
}

func TestAConsentIsReadAndTheSignatureGivenByKeysAlone(t *testing.T) {
	s := loaded(t, "signed", "kind: poll", `pages:
  - questions:
      - code: allow
        kind: consent
        text: {ru: "Можно?", en: "May we?"}
        consent:
          purpose: {ru: "Ответить вам", en: "To answer you"}
          term: {ru: "Год", en: "A year"}
          version: "1"
          statement: {ru: "Полный текст согласия.", en: "The full text."}
      - {code: sign, kind: signature, required: true, text: {ru: "Подпишите", en: "Sign"}}
`)
	h := mustHall(t, theme.Display{Width: 1280, Height: 800, Inches: 10.1}, visit.Config{Surveys: []*surveys.Survey{s}})
	h.enter("start:ru")
	h.enter("read")
	h.on(visit.Statement, "")
	h.key(fyne.KeyEscape)
	h.on(visit.Question, "allow")
	h.enter("choice:yes")
	h.on(visit.Question, "sign")
	h.enter("cross")
	if !h.view().Value.Equal(surveys.Cross()) {
		t.Fatalf("signed with %v", h.view().Value)
	}
	h.enter("clear")
	if !h.view().Value.IsZero() {
		t.Fatal("the cross cannot be taken back")
	}
	h.enter("cross")
	h.enter("next")
	h.on(visit.Thanks, "")
	if a := h.stored.Answers[1]; !a.Value.Equal(surveys.Cross()) {
		t.Errorf("stored %v", a.Value)
	}
	if err := s.CheckResponse(h.stored); err != nil {
		t.Error(err)
	}
	h.key(fyne.KeyReturn)
	h.on(visit.Attract, "")
}

func TestATicketAndATestAreTakenByKeysAlone(t *testing.T) {
	s := loaded(t, "exam", "kind: test\ntest: {pass_mark: 50, tickets: true, show_result: true}", `pages:
  - questions:
      - code: first
        kind: single-choice
        text: {ru: "Сколько?", en: "How many?"}
        correct: b
        choices: [{code: a, text: {ru: "Один", en: "One"}}, {code: b, text: {ru: "Два", en: "Two"}}]
`)
	const good = "1234567894"
	h := mustHall(t, small, visit.Config{Surveys: []*surveys.Survey{s}, Tickets: func(_, ticket string) visit.Admission {
		return map[string]visit.Admission{good: visit.Admitted}[ticket]
	}})
	h.enter("start:ru")
	h.on(visit.Ticket, "")
	h.write("1234567895")
	h.key(fyne.KeyReturn)
	h.on(visit.Ticket, "")
	h.key(fyne.KeyBackspace)
	h.write("4")
	h.key(fyne.KeyReturn)
	h.on(visit.Opening, "")
	h.key(fyne.KeyReturn)
	h.on(visit.Question, "first")
	h.key(fyne.KeyEscape) // nothing leads out of a test
	h.on(visit.Question, "first")
	h.enter("choice:b")
	h.on(visit.TestResult, "")
	if !h.view().Result.Passed || h.stored.Ticket != good {
		t.Errorf("the result is %+v of %+v", h.view().Result, h.stored)
	}
}

func TestAnAnswerIsTakenBackAndASliderMovedByKeysAlone(t *testing.T) {
	one := loaded(t, "short", "kind: poll", "pages:\n  - questions:\n      - {code: a, kind: smiley, text: {ru: \"А?\", en: \"A?\"}}\n")
	h := mustHall(t, small, visit.Config{Surveys: []*surveys.Survey{one}})
	h.enter("start:ru")
	h.write("2")
	h.key(fyne.KeyReturn)
	h.on(visit.Pause, "")
	h.enter("undo")
	h.on(visit.Question, "a")
	h.write("1")
	h.key(fyne.KeyReturn)
	h.on(visit.Pause, "")
	h.key(fyne.KeyEscape)
	h.on(visit.Question, "a")
	h.write("1")
	h.key(fyne.KeyReturn, fyne.KeyReturn)
	h.on(visit.Thanks, "")
	if n, _ := h.stored.Answers[0].Value.Float(); n != 4 {
		t.Errorf("the first face is %v", n)
	}

	track := loaded(t, "track", "kind: poll", "pages:\n  - questions:\n      - {code: a, kind: slider, min: 0, max: 10, step: 2, text: {ru: \"А?\", en: \"A?\"}}\n      - {code: b, kind: stars, text: {ru: \"Б?\", en: \"B?\"}}\n")
	h = mustHall(t, small, visit.Config{Surveys: []*surveys.Survey{track}})
	h.enter("start:ru")
	for range h.stage.Targets() {
		if h.key(fyne.KeyTab); h.stage.Focus() == "slider" {
			break
		}
	}
	for _, c := range []struct {
		key  fyne.KeyName
		want float64
	}{{fyne.KeyRight, 6}, {fyne.KeyRight, 8}, {fyne.KeyRight, 10}, {fyne.KeyRight, 10}, {fyne.KeyLeft, 8}} {
		h.key(c.key)
		if n, _ := h.view().Value.Float(); n != c.want || h.stage.Focus() != "slider" {
			t.Errorf("%s made it %v, with the focus on %s", c.key, n, h.stage.Focus())
		}
	}
	if h.key(fyne.KeyDown); h.stage.Focus() == "slider" || h.stage.Focus() == "" {
		t.Errorf("Down leads to %q", h.stage.Focus())
	}
}

// A page of several questions, part by part: everything on it is answered, turned and sent without one touch.
func TestAPageOfSeveralQuestionsIsAnsweredByKeysAlone(t *testing.T) {
	source, err := os.ReadFile("../shots/testdata/every-kind.yaml")
	if err != nil {
		t.Fatal(err)
	}
	all, err := surveys.Load("every-kind.yaml", source)
	if err != nil {
		t.Fatal(err)
	}
	page := slices.IndexFunc(all.Pages, func(p surveys.Page) bool { return p.Shared() })
	cut := strings.Index(string(source), "pages:")
	from := strings.Index(string(source), "  - together: true")
	to := strings.Index(string(source)[from+1:], "  - together: true") + from + 1
	s, err := surveys.Load("shared.yaml", []byte(string(source)[:cut]+"pages:\n"+string(source)[from:to]+
		"  - questions:\n      - {code: last, kind: information, text: {ru: \"Конец\", tt: \"Ахыры\", en: \"The end\"}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	for _, display := range []theme.Display{small, {Width: 1080, Height: 1920, Inches: 21.5}} {
		h := mustHall(t, display, visit.Config{Surveys: []*surveys.Survey{s}})
		h.enter("start:ru")
		gave := map[string]string{"t_smile": "3", "t_first": "no", "t_star": "4", "t_agree": "2", "t_how": "call", "t_day": ""}
		for _, q := range all.Pages[page].Questions {
			target := "item:" + q.Code + ":" + gave[q.Code]
			if gave[q.Code] == "" {
				target = "item:" + q.Code + ":decline"
			}
			for !slices.ContainsFunc(h.stage.Targets(), func(x screen.Target) bool { return x.Name == target }) {
				h.enter("next") // on the part after this one
				h.on(visit.Question, "t_smile")
			}
			h.enter(target)
			if h.stage.Focus() != target {
				t.Errorf("%v: after Enter the focus went from %s to %q", display, target, h.stage.Focus())
			}
		}
		for _, i := range h.view().Group {
			if want := gave[i.Question.Code]; want == "" && !i.Declined || want != "" && i.Value.IsZero() {
				t.Errorf("%v: %s has %v", display, i.Question.Code, i.Value)
			}
		}
		h.enter("next")
		h.on(visit.Question, "last")
		h.key(fyne.KeyEscape)
		h.on(visit.Question, "t_smile")
	}
}

// A question that is read on pages of its own is left by Escape as by Back: page by page, then to the question before.
func TestEscapeTurnsThePagesOfALongQuestionBack(t *testing.T) {
	long := strings.Repeat("Расскажите, пожалуйста, о вашем визите подробнее. ", 8)
	s := loaded(t, "long", "kind: poll", "pages:\n  - questions:\n      - {code: a, kind: smiley, text: {ru: \"А?\", en: \"A?\"}}\n"+
		"      - {code: b, kind: short-text, max_length: 70, text: {ru: \""+long+"\", en: \"B?\"}}\n")
	h := mustHall(t, small, visit.Config{Surveys: []*surveys.Survey{s}, Ease: visit.Ease{Text: 1}})
	h.enter("start:ru")
	h.key(fyne.KeyTab, fyne.KeyReturn)
	h.on(visit.Question, "b")
	pages := 0
	for len(h.stage.Targets()) < 20 { // no keyboard yet
		if pages++; pages > 5 {
			t.Fatal("the keyboard never came")
		}
		h.key(fyne.KeyReturn)
	}
	if pages == 0 {
		t.Fatal("the question has no pages of its own")
	}
	for range pages {
		h.key(fyne.KeyEscape)
		h.on(visit.Question, "b")
	}
	h.key(fyne.KeyEscape)
	h.on(visit.Question, "a")
}
