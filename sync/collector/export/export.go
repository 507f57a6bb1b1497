// Package export writes the responses of a survey for other programs: CSV, one row a response in columns that stay where
// they are, and JSON lines, which lose nothing.
package export

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"

	"otklik/surveys"
	"otklik/sync/collector/store"
)

// Source is where responses come from.
type Source interface {
	SurveyVersions(ctx context.Context, id string) ([]store.SurveyVersion, error)
	ResponseVersions(ctx context.Context, survey string) ([]string, error)
	EachResponse(ctx context.Context, survey string, after int64, yield func(*store.Response) error) error
	Terminals(ctx context.Context) ([]store.Terminal, error)
}

// Codes as Options.Header heads the columns with codes.
const Codes = "codes"

// Options says how a CSV looks.
type Options struct {
	// Header is Codes (also "") or the language of the texts over the columns.
	Header string
	// BOM puts the UTF-8 byte order mark first, by which Excel knows the encoding.
	BOM bool
	// Semicolon separates with ";" as Excel expects where "," is the decimal sign, as in Russia.
	Semicolon bool
	// Location is the time zone of times; nil for UTC.
	Location *time.Location
}

// material is what both formats need of a survey.
type material struct {
	id        string
	versions  []*surveys.Survey // by rising number
	terminals map[uuid.UUID]store.Terminal
}

// load gathers the material; the error is store.ErrNotFound when the survey was never published.
func load(ctx context.Context, src Source, survey string) (*material, error) {
	published, err := src.SurveyVersions(ctx, survey)
	if err != nil {
		return nil, err
	}
	if len(published) == 0 {
		return nil, fmt.Errorf("export: survey %q: %w", survey, store.ErrNotFound)
	}
	m := &material{id: survey, terminals: make(map[uuid.UUID]store.Terminal)}
	for _, p := range published {
		v, err := surveys.Load(fmt.Sprintf("%s number %d", p.ID, p.Number), p.Source)
		if err != nil {
			return nil, fmt.Errorf("export: a published survey no longer loads: %w", err)
		}
		m.versions = append(m.versions, v)
	}
	terminals, err := src.Terminals(ctx)
	if err != nil {
		return nil, err
	}
	for _, t := range terminals {
		m.terminals[t.ID] = t
	}
	return m, nil
}

// ToFile writes a file in full or not at all: into a temporary one beside it, synced, then renamed. What stood at path
// before stays until then.
func ToFile(path string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	temporary := f.Name()
	err = write(f)
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(temporary, path)
	}
	if err != nil {
		os.Remove(temporary)
		return fmt.Errorf("export: write %s: %w", path, err)
	}
	return nil
}
