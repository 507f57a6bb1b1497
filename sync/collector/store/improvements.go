package store

import (
	"context"
	"time"
)

// MaxImprovements is how many improvements can be kept at a time: more than visitors ever read.
const MaxImprovements = 20

// Improvements keeps what the centre changed because of what visitors said. Terminals tell it while nobody is there.
type Improvements interface {
	// AddImprovement keeps one, raises ConfigVersion and returns the ID that it was given. ErrTooMany when MaxImprovements
	// are there.
	AddImprovement(ctx context.Context, i Improvement) (id int64, err error)
	// Improvements returns all of them, the latest first, those whose time is over, too.
	Improvements(ctx context.Context) ([]Improvement, error)
	// RemoveImprovement takes one away and raises ConfigVersion; ErrNotFound when there is none.
	RemoveImprovement(ctx context.Context, id int64) error
}

// Improvement is one thing that the centre changed.
type Improvement struct {
	ID    int64
	Text  map[string]string // by language
	Until time.Time         // from when on it is told no more; zero: it is told until it is removed
	Added time.Time
	By    string // the user who wrote it
}

// Told reports whether terminals tell it at a time.
func (i *Improvement) Told(at time.Time) bool { return i.Until.IsZero() || at.Before(i.Until) }
