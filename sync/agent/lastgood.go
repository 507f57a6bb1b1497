package agent

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"time"

	"otklik/surveys"
	"otklik/sync/disk"
	"otklik/sync/wire"
)

// ErrNoConfig says that no configuration ever came: the terminal was enrolled and has not reached the collector since.
var ErrNoConfig = errors.New("no configuration yet")

// rejectFor is how long a configuration that cannot be followed is left alone: what its surveys are does not change.
const rejectFor = 15 * time.Minute

// A survey's names become a file's name and a path, so they are held to their forms.
var surveyVersion = regexp.MustCompile(`^[0-9a-f]{16}$`)

// loaded is a configuration with its surveys, in the same order.
type loaded struct {
	config  wire.TerminalConfig
	surveys []*surveys.Survey
}

func (l *loaded) refs() []wire.SurveyRef {
	refs := make([]wire.SurveyRef, len(l.surveys))
	for i, s := range l.surveys {
		refs[i] = wire.SurveyRef{ID: s.ID, Version: s.Version, Number: s.Number}
	}
	return refs
}

func (l *loaded) find(ref wire.SurveyRef) *surveys.Survey {
	for _, s := range l.surveys {
		if s.ID == ref.ID && s.Version == ref.Version {
			return s
		}
	}
	return nil
}

// rejectedConfig remembers a configuration that cannot be followed.
type rejectedConfig struct {
	version uint64
	until   time.Time
}

// LoadLastGood returns the configuration that was last followed and its surveys, in the order of the menu: with them the
// terminal works without a network. The error wraps ErrNoConfig when there is none yet. With another error it returns all
// the same what is good of the surveys; the agent fetches the rest.
func LoadLastGood(dir string) (wire.TerminalConfig, []*surveys.Survey, error) {
	l, err := loadLastGood(dir)
	return l.config, l.surveys, err
}

func loadLastGood(dir string) (loaded, error) {
	path := filepath.Join(dir, configFile)
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return loaded{}, fmt.Errorf("agent: %w; the terminal gets one as soon as it reaches the collector", ErrNoConfig)
	}
	var l loaded
	if err == nil {
		l.config, err = parseConfig(data)
	}
	if err != nil {
		return loaded{}, &Failure{
			Reason: Storage, Message: "the configuration in " + path + " cannot be read: " + plain(err.Error()),
			Hint: "it is fetched again; check the disk if this comes back", cause: err,
		}
	}
	var bad []error
	for _, ref := range l.config.Surveys {
		s, err := readSurvey(dir, ref)
		if err != nil {
			bad = append(bad, err)
			continue
		}
		l.surveys = append(l.surveys, s)
	}
	if err := errors.Join(bad...); err != nil {
		return l, &Failure{
			Reason: BadSurvey, Message: plain(err.Error()), Hint: "it is fetched again; check the disk if this comes back", cause: err,
		}
	}
	return l, nil
}

func parseConfig(data []byte) (c wire.TerminalConfig, err error) { return c, wire.Decode(data, &c) }

func surveyPath(dir string, ref wire.SurveyRef) string {
	return filepath.Join(dir, surveysFolder, surveyName(ref))
}

func surveyName(ref wire.SurveyRef) string { return ref.ID + "-" + ref.Version + ".yaml" }

// readSurvey loads a survey that was kept.
func readSurvey(dir string, ref wire.SurveyRef) (*surveys.Survey, error) {
	if err := checkRef(ref); err != nil {
		return nil, err
	}
	source, err := os.ReadFile(surveyPath(dir, ref))
	if err != nil {
		return nil, err
	}
	return loadSurvey(ref, source)
}

func checkRef(ref wire.SurveyRef) error {
	if !surveys.IsID(ref.ID) || !surveyVersion.MatchString(ref.Version) {
		return &Failure{
			Reason: BadConfig, Message: fmt.Sprintf("the configuration names a survey %q in version %q", plain(ref.ID), plain(ref.Version)),
			Hint: "update the older of terminal and collector",
		}
	}
	return nil
}

// loadSurvey checks that source is what ref names, and loads it.
func loadSurvey(ref wire.SurveyRef, source []byte) (*surveys.Survey, error) {
	sum := sha256.Sum256(source)
	if got := hex.EncodeToString(sum[:])[:len(ref.Version)]; got != ref.Version {
		return nil, &Failure{
			Reason: BadSurvey, Message: fmt.Sprintf("what came as survey %s %s is something else (%s)", ref.ID, ref.Version, got),
			Hint: "does something between terminal and collector change what passes? The last good surveys stay",
		}
	}
	s, err := surveys.Load(surveyName(ref), source)
	if err == nil && s.ID != ref.ID {
		err = fmt.Errorf("it calls itself %s", s.ID)
	}
	if err != nil {
		return nil, &Failure{
			Reason: BadSurvey, Message: fmt.Sprintf("survey %s %s does not load: %s", ref.ID, ref.Version, plain(err.Error())),
			Hint:  "update the kiosk program, or publish a corrected survey; the last good surveys stay",
			cause: err,
		}
	}
	return s, nil
}

// same reports whether two configurations are one. The version alone does not tell: a collector whose disk lost a change counts on
// from before it.
func same(a, b wire.TerminalConfig) bool {
	a.Rate, b.Rate = 0, 0 // goes by the hour, without a version
	return reflect.DeepEqual(a, b)
}

// follow puts a configuration in force that differs from the one held. Replies are fresh, so one with a lower version
// means that the collector was brought back from a backup.
func (a *Agent) follow(ctx context.Context, config wire.TerminalConfig) {
	if config.Version == 0 || same(config, a.held.config) {
		return
	}
	if config.Version == a.rejected.version && time.Now().Before(a.rejected.until) {
		return
	}
	l, err := a.fetcher.fetch(ctx, config, a.held)
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		f := asFailure(err)
		if f.Reason == BadSurvey || f.Reason == BadConfig {
			a.rejected = rejectedConfig{config.Version, time.Now().Add(rejectFor)}
		}
		a.board.trouble(ConfigArea, f)
		return
	}
	a.held, a.rejected = l, rejectedConfig{}
	a.config.Outbox.SetKeep(keepWindow(config))
	a.board.config(config)
	a.board.trouble(ConfigArea, nil)
	a.log.Info("new configuration", "version", config.Version, "site", config.Site, "name", config.Name,
		"surveys", len(l.surveys))
	a.config.OnConfig(l.config, l.surveys)
}

// fetcher brings a configuration's surveys to the disk.
type fetcher struct {
	client *client
	dir    string
}

// fetch returns a configuration with its surveys once all of it is on the disk and is what a restart finds. Those that
// are here already are not asked for. With an error, what was in force before still is. Errors are Failures.
func (f *fetcher) fetch(ctx context.Context, config wire.TerminalConfig, held loaded) (loaded, error) {
	l := loaded{config: config}
	for _, ref := range config.Surveys {
		if err := checkRef(ref); err != nil {
			return loaded{}, err
		}
		s := held.find(ref)
		if s == nil {
			var err error
			// Any trouble with the file is cured by a new one.
			if s, err = readSurvey(f.dir, ref); err != nil {
				if s, err = f.survey(ctx, ref); err != nil {
					return loaded{}, err
				}
			}
		}
		l.surveys = append(l.surveys, s)
	}
	data, err := wire.Encode(config)
	if err != nil {
		return loaded{}, err
	}
	if err := disk.Replace(filepath.Join(f.dir, configFile), data, 0o600); err != nil {
		return loaded{}, storageFailure("the configuration cannot be kept", err)
	}
	f.sweep(config)
	return l, nil
}

func (f *fetcher) survey(ctx context.Context, ref wire.SurveyRef) (*surveys.Survey, error) {
	source, err := f.client.get(ctx, wire.PathSurveys+ref.ID+"/"+ref.Version, surveys.MaxSourceBytes)
	if err != nil {
		return nil, err
	}
	s, err := loadSurvey(ref, source)
	if err != nil {
		return nil, err
	}
	if err := disk.Replace(surveyPath(f.dir, ref), source, 0o600); err != nil {
		return nil, storageFailure("survey "+ref.ID+" cannot be kept", err)
	}
	return s, nil
}

// sweep deletes the surveys that a configuration no longer names. What cannot be deleted does no harm.
func (f *fetcher) sweep(config wire.TerminalConfig) {
	wanted := make(map[string]bool, len(config.Surveys))
	for _, ref := range config.Surveys {
		wanted[surveyName(ref)] = true
	}
	entries, _ := os.ReadDir(filepath.Join(f.dir, surveysFolder))
	for _, e := range entries {
		if !wanted[e.Name()] && !e.IsDir() {
			os.Remove(filepath.Join(f.dir, surveysFolder, e.Name()))
		}
	}
}
