package fleet

import (
	"context"
	"errors"
	"fmt"

	"otklik/surveys"
	"otklik/sync/collector/store"
)

// Publish checks a survey and publishes it to the terminals; false says that exactly this version was published before.
// A version never changes: other content needs a higher number. A question keeps its kind over all versions, because its
// answers share a column. The pictures of its choices must be inside, see surveys.Pack. The error is surveys.Problems when the survey is wrong in itself, and wraps store.ErrConflict
// when it does not fit what was published; name is the file's name for messages.
func (f *Fleet) Publish(ctx context.Context, name string, source []byte) (*surveys.Survey, bool, error) {
	source, err := surveys.Pack(name, source, nil) // the same, if it has its pictures
	if err != nil {
		return nil, false, err
	}
	s, err := surveys.Load(name, source)
	if err != nil {
		return nil, false, err
	}
	published, err := f.store.SurveyVersions(ctx, s.ID)
	if err != nil {
		return nil, false, err
	}
	if err := keepsKinds(s, published); err != nil {
		return nil, false, fmt.Errorf("%s: %w", name, err)
	}
	fresh, err := f.store.PublishSurvey(ctx, store.SurveyVersion{
		ID: s.ID, Number: s.Number, Version: s.Version, Source: source, Published: f.now(),
	})
	if errors.Is(err, store.ErrConflict) {
		// Read again: another command may have published meanwhile.
		if published, err = f.store.SurveyVersions(ctx, s.ID); err != nil {
			return nil, false, err
		}
		latest := published[len(published)-1].Number
		return nil, false, fmt.Errorf("%s: survey %s is published with number %d, and a published version never changes: "+
			"raise \"number\" to %d (%w)", name, s.ID, latest, latest+1, store.ErrConflict)
	}
	if err != nil {
		return nil, false, err
	}
	return s, fresh, nil
}

func keepsKinds(s *surveys.Survey, published []store.SurveyVersion) error {
	for _, p := range published {
		old, err := surveys.Load(fmt.Sprintf("%s number %d", p.ID, p.Number), p.Source)
		if err != nil {
			return fmt.Errorf("a published survey no longer loads: %w", err)
		}
		for _, q := range s.Questions() {
			if was := old.Question(q.Code); was != nil && was.Kind != q.Kind {
				return fmt.Errorf("question %s is %s here and was %s in number %d; their answers would share a column: "+
					"give the new question a new code (%w)", q.Code, q.Kind, was.Kind, old.Number, store.ErrConflict)
			}
		}
	}
	return nil
}
