package shots

import (
	"fmt"
	"strings"

	"otklik/kiosk/theme"
	"otklik/surveys"
)

// Misfit is something of a survey that does not fit a screen.
type Misfit struct {
	// Question is the code of the question on the screen, "" for a screen that asks none, such as the attract screen.
	Question string
	Language string
	Display  theme.Display
	Letters  int    // their size, as of theme.Ease
	Problem  string // as Measure says it
}

// Misfits renders every screen of a survey in all its languages on every display, in letters as usual and in the largest, and
// says what does not fit. Of a question that is shown several times, a misfit is told once. It renders as Render does.
func Misfits(s *surveys.Survey, displays []theme.Display) ([]Misfit, error) {
	var found []Misfit
	known := map[Misfit]bool{}
	for _, d := range displays {
		for _, language := range s.Languages {
			for letters := range theme.TextSizes {
				err := Render(s, language, d, func(shot Shot) error {
					problems := Measure(shot, d)
					// with large letters that is what they cost
					if q := s.Question(shot.Question); letters == 0 && shot.Split && q != nil && q.Kind != surveys.Information {
						problems = append(problems, "the question leaves its answers too little room: it is read on a page of its own first")
					}
					for _, problem := range problems {
						m := Misfit{shot.Question, language, d, letters, problem}
						same := m
						if same.Letters = 0; !known[same] {
							known[same] = true
							found = append(found, m)
						}
					}
					return nil
				}, Alone(), Coarse(), Eased(theme.Ease{Text: letters}))
				if err != nil {
					return nil, fmt.Errorf("shots: survey %s: %w", s.ID, err)
				}
			}
		}
	}
	return found, nil
}

// ParseDisplay reads a display written as 1080x1920 or, with its diagonal in inches, 1080x1920@32.
func ParseDisplay(written string) (theme.Display, error) {
	var d theme.Display
	form, fields := "%dx%d", []any{&d.Width, &d.Height}
	if strings.Contains(written, "@") {
		form, fields = form+"@%g", append(fields, &d.Inches)
	}
	rest := ""
	n, _ := fmt.Sscanf(written+" .", form+" %s", append(fields, &rest)...)
	if n != len(fields)+1 || rest != "." || min(d.Width, d.Height) < leastSide || max(d.Width, d.Height) > mostSide ||
		d.Inches != 0 && !(d.Inches >= 3 && d.Inches <= 120) {
		return theme.Display{},
			fmt.Errorf("%q is no display; expected WIDTHxHEIGHT in pixels, %d to %d, such as 1080x1920, "+
				"or with its diagonal in inches, 1080x1920@32", written, leastSide, mostSide)
	}
	return d, nil
}

// The sides of displays, in pixels.
const leastSide, mostSide = 240, 8192
