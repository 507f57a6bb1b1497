package fleet

import (
	"context"
	"errors"
	"fmt"

	"otklik/surveys"
	"otklik/surveys/lint"
	"otklik/sync/collector/store"
)

// Published is what Publish did.
type Published struct {
	Survey *surveys.Survey
	// Fresh is false when exactly this version was published before.
	Fresh bool
	// Changes are what the version does to the columns of exports and what deserves a look; nothing when it is not fresh.
	Changes []lint.Change
}

// Publish checks a survey and publishes it to the terminals. A version never changes: other content needs a higher number.
// A question keeps its kind and its scale over all versions, because its answers share a column: see lint.Compare, whose
// errors are refused. The pictures of its choices must be inside, see surveys.Pack. The error is surveys.Problems when the
// survey is wrong in itself, and wraps store.ErrConflict when it does not fit what was published; name is the file's name
// for messages.
func (f *Fleet) Publish(ctx context.Context, name string, source []byte) (Published, error) {
	source, err := surveys.Pack(name, source, nil) // the same, if it has its pictures
	if err != nil {
		return Published{}, err
	}
	s, err := surveys.Load(name, source)
	if err != nil {
		return Published{}, err
	}
	changes, err := f.compare(ctx, name, s)
	if err != nil {
		return Published{}, err
	}
	fresh, err := f.store.PublishSurvey(ctx, store.SurveyVersion{
		ID: s.ID, Number: s.Number, Version: s.Version, Source: source, Published: f.now(),
	})
	if errors.Is(err, store.ErrConflict) {
		// Another command has published meanwhile: its version has something to say against this one.
		if _, err := f.compare(ctx, name, s); err != nil {
			return Published{}, err
		}
	}
	if err != nil {
		return Published{}, fmt.Errorf("%s: %w", name, err)
	}
	return Published{s, fresh, changes}, nil
}

// compare holds a survey against its published versions; what must not be published is an error.
func (f *Fleet) compare(ctx context.Context, name string, s *surveys.Survey) ([]lint.Change, error) {
	versions, err := f.Versions(ctx, s.ID)
	if err != nil {
		return nil, err
	}
	changes := lint.Compare(s, versions)
	for _, c := range changes {
		if c.Severity == lint.Error {
			return nil, fmt.Errorf("%s: %s (%w)", name, c.Message, store.ErrConflict)
		}
	}
	return changes, nil
}

// Versions returns the published versions of a survey in the order of their numbers; none when it was never published.
func (f *Fleet) Versions(ctx context.Context, id string) ([]*surveys.Survey, error) {
	published, err := f.store.SurveyVersions(ctx, id)
	if err != nil {
		return nil, err
	}
	versions := make([]*surveys.Survey, len(published))
	for i, p := range published {
		if versions[i], err = surveys.Load(fmt.Sprintf("%s number %d", p.ID, p.Number), p.Source); err != nil {
			return nil, fmt.Errorf("a published survey no longer loads: %w", err)
		}
	}
	return versions, nil
}
