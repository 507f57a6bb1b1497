package agent_test

import (
	"io/fs"
	"path/filepath"
	"testing"
	"time"

	"otklik/sync/agent"
	"otklik/sync/wire"
)

// A collector in foreign hands, with the real keys, decides what is asked; it gets nothing written outside the data folder,
// and what was in force stays in force.
func TestACollectorWithTheRealKeysWritesNothingButSurveys(t *testing.T) {
	for _, ref := range []wire.SurveyRef{
		{ID: "../../../../etc/passwd", Version: "0123456789abcdef"},
		{ID: "mood", Version: "../../evil"},
		{ID: "/etc/passwd", Version: "0123456789abcdef"},
		{ID: "mood/../../x", Version: "0123456789abcdef"},
		{ID: "", Version: ""},
		{ID: "mood", Version: "0123456789abcdef"}, // with another source than the version says
	} {
		world(t, func(t *testing.T, c *collector, l *line, tm *terminal) {
			c.publish(survey("calm", 1))
			a, _ := run(t, tm.config(l.transport()))
			after(2 * time.Minute)
			c.set(func() {
				c.config.Version++
				c.config.Surveys = []wire.SurveyRef{ref}
				c.surveys[ref.ID+"/"+ref.Version] = []byte("rubbish: true\n")
			})
			after(10 * time.Minute)
			s := a.Status()
			if got, is := trouble(s, agent.ConfigArea); !is || got.Reason != agent.BadConfig && got.Reason != agent.BadSurvey {
				t.Errorf("%+v: %+v", ref, got)
			}
			if len(s.Surveys) != 1 || s.Surveys[0][:4] != "calm" {
				t.Errorf("%+v: what was in force is gone: %q", ref, s.Surveys)
			}
			must(t, filepath.WalkDir(filepath.Dir(tm.dir), func(path string, entry fs.DirEntry, err error) error {
				if err == nil && entry.Type().IsRegular() && filepath.Dir(path) != tm.dir && filepath.Dir(path) != filepath.Join(tm.dir, "surveys") {
					t.Errorf("%+v: wrote %s", ref, path)
				}
				return err
			}))
		})
	}
}
