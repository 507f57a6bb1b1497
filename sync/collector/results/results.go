// Package results counts what was answered: for each question of a survey how many answered, how many passed, and what
// was said. It counts what is there and judges nothing; intervals and indices are the business of surveys/stats.
package results

import (
	"context"
	"fmt"
	"sync"
	"time"

	"otklik/surveys"
	"otklik/sync/collector/store"
)

// Source is where responses come from.
type Source interface {
	SurveyVersions(ctx context.Context, id string) ([]store.SurveyVersion, error)
	EachResponse(ctx context.Context, survey string, after int64, yield func(*store.Response) error) error
}

// TooFew is the number of answers below which an anonymous survey shows nothing of a question: colleagues could be told
// apart.
const TooFew = 5

// latestTexts is how many free texts a summary shows.
const latestTexts = 20

// Results counts responses. Responses are only ever added to a store, so counts are kept and only what is new is read.
type Results struct {
	source Source
	mu     sync.Mutex
	counts map[string]*counts
}

// counts are what was counted of one survey. Each has a lock of its own: the first count of a large survey takes long.
type counts struct {
	mu   sync.Mutex
	all  *tally
	once *tally // without repeats
}

// of returns the counts of a survey, locked.
func (r *Results) of(id string) *counts {
	r.mu.Lock()
	c := r.counts[id]
	if c == nil {
		c = &counts{}
		r.counts[id] = c
	}
	r.mu.Unlock()
	c.mu.Lock()
	return c
}

// New returns the results of a store.
func New(s Source) *Results {
	return &Results{source: s, counts: make(map[string]*counts)}
}

// Summary is what is known of one survey.
type Summary struct {
	Survey *surveys.Survey // the latest version
	// Responses is over all versions.
	Responses int
	// Partial are those of Responses whose visitors went away before the end; what they answered is in the figures.
	Partial int
	// Repeats are the responses that look like one person tapping again, without the first of each burst; see BurstVisits.
	// They are among Responses and in the figures unless the summary is one of SurveyOnce.
	Repeats map[store.Key]bool
	// Aside are the responses to a test that are neither among Responses nor in any figure because of their tickets.
	Aside Aside
	// Anonymous says that one of the versions promised it: nothing may be shown response by response.
	Anonymous bool
	// Test has the marks of a test; nil for other surveys, without responses, and with
	// too few to an anonymous one.
	Test *TestFigures
	// First and Last are the times the first and the last response were submitted, see store.Response.When; zero without any.
	First, Last time.Time
	// Since is when the first version was published.
	Since time.Time
	// Audiences are the responses by audience, in the survey's order; those of no audience are in no count.
	Audiences []Count
	// Questions are those of the latest version in its order, then those only older versions had.
	Questions []Question
}

// Question is what was answered to one question over all versions.
type Question struct {
	*surveys.Question       // from the latest version that has it
	Retired            bool // the latest version does not ask it
	Answered, Skipped  int
	Declined, TimedOut int
	// Withheld says that the survey is anonymous and so few answered that nothing more may be shown.
	Withheld bool
	// Counts are in the order of the choices, or from the best value of a scale to the worst; of hidden values the commonest.
	// Nil for all others, of which only Figures, Rows or Texts may be shown, or nothing but how many answered.
	Counts []Count
	// Mean is over the values of a scale; meaningless while Answered is 0.
	Mean float64
	// Figures describe numbers; nil for what is none, and without answers.
	Figures *Figures
	// Rows are those of a matrix, each with the code question/row.
	Rows []Question
	// Texts are the latest free texts, the latest first.
	Texts []Text
}

// Count is how many chose one answer.
type Count struct {
	Code string
	Name surveys.Text // empty for values of scales, yes and no
	N    int
	// Share is N of those who answered the question, 0 to 1; meaningless when nobody did.
	Share float64
	// First is how many ranked the choice first, Place its mean place among those who gave it one; 0 when nobody did.
	First int
	Place float64
}

// Text is one free text.
type Text struct {
	Text      string
	Submitted time.Time
	Language  string
}

// Survey sums up a survey; store.ErrNotFound when it was never published.
func (r *Results) Survey(ctx context.Context, id string) (*Summary, error) {
	c := r.of(id)
	defer c.mu.Unlock()
	versions, since, err := r.versions(ctx, id)
	if err != nil {
		return nil, err
	}
	t, err := r.count(ctx, c, id, versions, since)
	if err != nil {
		return nil, err
	}
	return t.summary(versions), nil
}

// SurveyOnce sums up a survey without the Repeats. It reads all responses anew whenever one has come.
func (r *Results) SurveyOnce(ctx context.Context, id string) (*Summary, error) {
	c := r.of(id)
	defer c.mu.Unlock()
	versions, since, err := r.versions(ctx, id)
	if err != nil {
		return nil, err
	}
	all, err := r.count(ctx, c, id, versions, since)
	if err != nil {
		return nil, err
	}
	repeats := all.summary(versions).Repeats
	t := c.once
	if t == nil || t.lastID != all.lastID {
		t = newTally(since)
		t.skip = repeats
		t.know(versions)
		if err := r.source.EachResponse(ctx, id, 0, func(one *store.Response) error {
			if one.ID > all.lastID {
				return nil // came meanwhile: whether it is a repeat is not known yet
			}
			return t.add(one)
		}); err != nil {
			return nil, err
		}
		c.once = t
	}
	t.know(versions)
	return t.summary(versions), nil
}

// versions loads all versions of a survey, and says when the first was published.
func (r *Results) versions(ctx context.Context, id string) (versions []*surveys.Survey, since time.Time, err error) {
	published, err := r.source.SurveyVersions(ctx, id)
	if err != nil {
		return nil, time.Time{}, err
	}
	if len(published) == 0 {
		return nil, time.Time{}, fmt.Errorf("results: survey %q: %w", id, store.ErrNotFound)
	}
	versions = make([]*surveys.Survey, len(published))
	for i, p := range published {
		if versions[i], err = surveys.Load(fmt.Sprintf("%s number %d", p.ID, p.Number), p.Source); err != nil {
			return nil, time.Time{}, fmt.Errorf("results: a published survey no longer loads: %w", err)
		}
	}
	return versions, published[0].Published, nil
}

// count counts what has come since it last did.
func (r *Results) count(ctx context.Context, c *counts, id string, versions []*surveys.Survey, since time.Time) (*tally, error) {
	if c.all == nil {
		c.all = newTally(since)
	}
	t := c.all
	t.know(versions)
	if err := r.source.EachResponse(ctx, id, t.lastID, t.add); err != nil {
		return nil, err
	}
	return t, nil
}

// Answers reads the answers out of a kept response, and whether its visitor went away before the end.
func Answers(r *store.Response) (answers []surveys.Answer, partial bool, err error) {
	read, err := r.Said()
	return read.Answers, read.Partial, err
}
