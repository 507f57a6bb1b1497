package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"

	"otklik/kiosk/shots"
	"otklik/kiosk/theme"
	"otklik/surveys"
	"otklik/surveys/lint"
)

type surveyCheckCommand struct {
	Files     []string `arg:"" name:"file" help:"Survey files (YAML)."`
	Data      string   `help:"Folder of the collector's store: says what publishing would do to the columns of exports." placeholder:"DIR"`
	Display   []string `help:"Display to try the screens on, such as 1080x1920@32 (pixels, inches); repeat it for more. When left out, with --data those of the terminals that said theirs, else five common ones." placeholder:"WxH@INCHES"`
	NoScreens bool     `help:"Do not try the screens, which takes a few seconds a file."`
	JSON      bool     `help:"Print one JSON document instead of lines."`
}

// Run prints a line for each finding and one for the file. The exit status is a failure when there is an error; warnings
// alone are none.
func (cmd *surveyCheckCommand) Run(ctx context.Context) error {
	o := lint.Options{}
	check := func(c *collector) error {
		if !cmd.NoScreens {
			displays, err := cmd.displays(ctx, c)
			if err != nil {
				return err
			}
			o.Glass = glass(displays)
		}
		return cmd.check(ctx, c, o)
	}
	if cmd.Data == "" {
		return check(nil)
	}
	return dataFlag{cmd.Data}.with(ctx, check)
}

// displays are those asked for, else those of the collector's terminals, else common ones.
func (cmd *surveyCheckCommand) displays(ctx context.Context, c *collector) ([]theme.Display, error) {
	if len(cmd.Display) == 0 {
		if c != nil {
			if own, err := terminalDisplays(ctx, c); err != nil || len(own) > 0 {
				return own, err
			}
		}
		return shots.Displays, nil
	}
	displays := make([]theme.Display, len(cmd.Display))
	for i, written := range cmd.Display {
		d, err := shots.ParseDisplay(written)
		if err != nil {
			return nil, fmt.Errorf("--display: %w", err)
		}
		displays[i] = d.Guess()
	}
	return displays, nil
}

// terminalDisplays are the displays of the terminals that may send, each once. What a terminal says that is no display is
// passed over.
func terminalDisplays(ctx context.Context, c *collector) ([]theme.Display, error) {
	terminals, err := c.store.Terminals(ctx)
	if err != nil {
		return nil, err
	}
	var displays []theme.Display
	for _, t := range terminals {
		if d, err := shots.ParseDisplay(t.Display); err == nil && t.Active() && !slices.Contains(displays, d.Guess()) {
			displays = append(displays, d.Guess())
		}
	}
	return displays, nil
}

// check checks the files; c is the collector whose published surveys they are held against, nil for none.
func (cmd *surveyCheckCommand) check(ctx context.Context, c *collector, o lint.Options) error {
	wrong := 0
	reports := []*lint.Report{}
	for _, path := range cmd.Files {
		r, err := cmd.report(ctx, path, c, o)
		if err != nil {
			return err
		}
		if r.Has(lint.Error) {
			wrong++
		}
		reports = append(reports, r)
		if !cmd.JSON {
			print(r)
		}
	}
	if cmd.JSON {
		out := json.NewEncoder(os.Stdout)
		out.SetEscapeHTML(false)
		out.SetIndent("", "  ")
		if err := out.Encode(map[string]any{"files": reports}); err != nil {
			return err
		}
	}
	if wrong > 0 {
		return fmt.Errorf("%d of %d files cannot be published as they are", wrong, len(cmd.Files))
	}
	return nil
}

// report checks one file as it would be published, its pictures inside.
func (cmd *surveyCheckCommand) report(ctx context.Context, path string, c *collector, o lint.Options) (*lint.Report,
	error,
) {
	source, err := packedSurvey(path)
	if problems := surveys.Problems(nil); errors.As(err, &problems) {
		return lint.Invalid(path, problems), nil
	}
	if err != nil {
		return nil, err
	}
	s, err := surveys.Load(path, source)
	if err != nil {
		return nil, err
	}
	if c != nil {
		if o.Published, err = c.fleet.Versions(ctx, s.ID); err != nil {
			return nil, err
		}
	}
	return lint.Check(path, source, o)
}

func print(r *lint.Report) {
	count := map[lint.Severity]int{}
	for _, f := range r.Findings {
		fmt.Println(f)
		count[f.Severity]++
	}
	if f := r.Figures; f != nil {
		fmt.Printf("%s: survey %s number %d: errors %d, warnings %d; screens %d to %d; about %d seconds, %d to %d\n",
			r.File, r.Survey,
			r.Number, count[lint.Error], count[lint.Warning], f.Screens.Shortest, f.Screens.Longest, f.Typical,
			f.Seconds.Shortest, f.Seconds.Longest)
	}
}

// glass tries screens on displays, as package shots renders them: without a display and without a driver.
type glass []theme.Display

// Misfits implements lint.Glass.
func (g glass) Misfits(s *surveys.Survey) ([]lint.Misfit, error) {
	found, err := shots.Misfits(s, g)
	misfits := make([]lint.Misfit, len(found))
	for i, m := range found {
		display := fmt.Sprintf("%d×%d, %g″", m.Display.Width, m.Display.Height, m.Display.Inches)
		if m.Letters > 0 {
			display += []string{"", ", large letters", ", the largest letters"}[m.Letters]
		}
		misfits[i] = lint.Misfit{Question: m.Question, Language: m.Language, Display: display, Problem: m.Problem}
	}
	return misfits, err
}
