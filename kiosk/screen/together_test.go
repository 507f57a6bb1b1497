package screen_test

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"otklik/kiosk/visit"
	"otklik/surveys"
)

// mustShare shows the page of the survey of every kind that begins with the question code.
func mustShare(t *testing.T, code string) *glass {
	t.Helper()
	g := mustKind(t, "smile")
	s := g.view.Survey
	for _, page := range s.Pages {
		if page.Questions[0].Code != code {
			continue
		}
		g.view = visit.View{
			Screen: visit.Question, Shown: 200, Language: "ru", Languages: s.Languages, Survey: s, Question: page.Questions[0], CanNext: true,
		}
		for _, q := range page.Questions {
			g.view.Group = append(g.view.Group, visit.Item{
				Question: q, Text: q.Text.In("ru"), Choices: q.Choices, Required: q.Required, CanDecline: q.Decline,
			})
		}
	}
	g.stage.Show(g.view)
	return g
}

// item gives the question number i of the page what the last event says, as the visit would.
func (g *glass) item(i int) {
	g.t.Helper()
	g.view.Group = append([]visit.Item(nil), g.view.Group...)
	g.view.Group[i].Value = g.value()
	g.stage.Show(g.view)
}

func (g *glass) shows(prefix string) bool {
	for _, t := range g.stage.Targets() {
		if strings.HasPrefix(t.Name, prefix) {
			return true
		}
	}
	return false
}

func TestATouchOnAPageNamesItsQuestion(t *testing.T) {
	g := mustShare(t, "t_smile")
	g.canvas.Resize(fyne.NewSize(1080, 1920))
	for _, c := range []struct {
		target string
		want   visit.Event
	}{
		{"item:t_smile:4", visit.Answer{Question: "t_smile", Value: surveys.Number(4)}},
		{"item:t_first:no", visit.Answer{Question: "t_first", Value: surveys.String("no")}},
		{"item:t_first:decline", visit.Decline{Question: "t_first"}},
		{"item:t_star:2", visit.Answer{Question: "t_star", Value: surveys.Number(2)}},
		{"item:t_agree:5", visit.Answer{Question: "t_agree", Value: surveys.Number(5)}},
		{"item:t_how:call", visit.Answer{Question: "t_how", Value: surveys.String("call")}},
	} {
		got := g.tap(c.target)
		if a, ok := got.(visit.Answer); ok {
			want := c.want.(visit.Answer)
			if a.Tap.IsZero() || a.Question != want.Question || !a.Value.Equal(want.Value) {
				t.Errorf("%s gave %#v", c.target, got)
			}
		} else if got != c.want {
			t.Errorf("%s gave %#v", c.target, got)
		}
	}
	g = mustShare(t, "u_nps")
	g.canvas.Resize(fyne.NewSize(1080, 1920))
	g.tap("item:u_what:staff")
	g.item(1)
	if e := g.tap("item:u_what:hall").(visit.Edit); e.Question != "u_what" || !e.Value.Equal(surveys.Codes("hall", "staff")) {
		t.Errorf("a second choice gave %#v", e)
	}
	if e := g.tap("item:u_wait:plus").(visit.Edit); e.Question != "u_wait" || !e.Value.Equal(surveys.Number(60)) {
		t.Errorf("the slider gave %#v", e)
	}
}

// On 1280 × 800 the page has three parts: Next leads through those that have a question without an answer.
func TestNextLeadsThroughThePartsOfAPage(t *testing.T) {
	g := mustShare(t, "t_smile")
	if !g.shows("item:t_smile") || g.shows("item:t_star") {
		t.Fatalf("the first part has %v", g.stage.Targets())
	}
	if e := g.tap("next"); e != nil {
		t.Fatalf("Next sent %#v past unanswered questions", e)
	}
	if !g.shows("item:t_star") || g.shows("item:t_smile") {
		t.Fatalf("Next shows %v", g.stage.Targets())
	}
	for i := range g.view.Group[:5] {
		g.view.Group[i].Value = surveys.Number(1)
	}
	g.view.Group[0].Value, g.view.Group[5].Declined = surveys.Value{}, true
	g.view.Shown++
	g.stage.Show(g.view)
	if _, ok := g.tap("next").(visit.Next); !ok {
		t.Errorf("Next gave %#v although all later questions are answered", g.events)
	}
	g.view.Problem, g.view.Group[0].Problem = visit.Unanswered, visit.Unanswered
	g.view.Shown++
	g.stage.Show(g.view)
	if !g.shows("item:t_smile") {
		t.Error("the question with the problem is not shown")
	}
	g.tap("more")
	if g.shows("item:t_smile") {
		t.Error("the part with the problem cannot be left")
	}
}

func TestAQuestionOfAPageThatIsWrittenOpensAndCloses(t *testing.T) {
	g := mustShare(t, "u_nps")
	g.tap("more")
	g.tap("more")
	g.tap("item:u_say:open")
	e := g.events
	if g.tap("key:ж"); g.view.Group[4].Question.Code != "u_say" {
		t.Fatal("another page")
	}
	if got := g.events[len(g.events)-1].(visit.Edit); got.Question != "u_say" || !got.Value.Equal(surveys.String("Ж")) {
		t.Fatalf("a key gave %#v", got)
	}
	g.item(4)
	if !g.shows("key:") {
		t.Fatal("a letter closed the keyboard")
	}
	g.stage.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if g.shows("key:") || len(g.events) != len(e)+1 {
		t.Fatalf("Escape gave %#v", g.events)
	}
	if !g.shows("item:u_say:open") {
		t.Error("another part is shown than before")
	}
	g.tap("item:u_say:open")
	if e := g.tap("next"); e != nil || g.shows("key:") {
		t.Errorf("Done gave %#v", e)
	}

	g = mustShare(t, "u_nps")
	g.tap("more")
	g.tap("item:u_where:open")
	if e := g.tap("choice:komso").(visit.Answer); e.Question != "u_where" {
		t.Fatalf("a choice gave %#v", e)
	}
	g.item(3)
	if g.shows("choice:") || !g.shows("item:u_where:open") {
		t.Errorf("an answer of one tap leaves %v", g.stage.Targets())
	}
}
