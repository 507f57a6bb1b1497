package surveys

import (
	"fmt"
	"time"

	"otklik/surveys/expr"
)

// dayForm, clockForm and momentForm are how days, times of day and both together are written; in this form they sort as
// texts.
const (
	dayForm    = "2006-01-02"
	clockForm  = "15:04"
	momentForm = dayForm + "T" + clockForm
)

// timeKinds are answered with a day, a time of day, or both.
func timeKinds() map[QuestionKind]*form {
	moment := func(what, layout, example string, variable expr.Type) *form {
		read := func(l *loader, f field) string {
			s, ok := l.scalar(f, what+" such as "+example)
			if ok && !written(s.text, layout) {
				l.problem(f.at, fmt.Sprintf("%s is %.40q", f.key, s.text), what+" such as "+example)
				return ""
			}
			return s.text
		}
		return &form{
			Traits: Traits{HasScreen: true, HasValue: true, Together: true},
			keys:   append([]string{"min", "max"}, marked...),
			read: func(l *loader, o object, q *Question) {
				if f, ok := o.fields["min"]; ok {
					q.Earliest = read(l, f)
				}
				if f, ok := o.fields["max"]; ok {
					if q.Latest = read(l, f); q.Latest != "" && q.Latest < q.Earliest {
						l.problem(f.at, fmt.Sprintf("the max %s lies before the min %s", q.Latest, q.Earliest), "a max after the min")
					}
				}
			},
			check: func(q *Question, v Value) error {
				s, ok := v.Text()
				switch {
				case !ok || !written(s, layout):
					return fmt.Errorf("%s is not %s such as %s", v.describe(), what, example)
				case q.Earliest != "" && s < q.Earliest || q.Latest != "" && s > q.Latest:
					return fmt.Errorf("the %s lies outside %s to %s", q.Kind, q.Earliest, q.Latest)
				}
				return nil
			},
			variable: variable,
			literal: func(l *loader, _ *Question, f field) (Value, bool) {
				s := read(l, f)
				return String(s), s != ""
			},
			size: func(*Question) int { return len(layout) },
		}
	}
	return map[QuestionKind]*form{
		Date:     moment("a date", dayForm, "2026-12-31", expr.Date),
		Time:     moment("a time of day", clockForm, "17:45", expr.Time),
		DateTime: moment("a date and time", momentForm, "2026-12-31T17:45", expr.DateTime),
	}
}

// written reports whether s is written exactly in the layout.
func written(s, layout string) bool {
	t, err := time.Parse(layout, s)
	return err == nil && t.Format(layout) == s && t.Year() < 10000
}
