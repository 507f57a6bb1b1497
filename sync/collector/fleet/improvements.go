package fleet

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"otklik/sync/collector/store"
	"otklik/sync/wire"
)

// ErrImprovement says that an improvement cannot be told so.
var ErrImprovement = errors.New("not an improvement")

// MaxImprovementText bounds the words of an improvement in one language, in characters: what is read while walking by.
const MaxImprovementText = 90

// ImprovementLanguages are the languages of the glass.
var ImprovementLanguages = []string{"ru", "tt", "en"}

// AddImprovement has every terminal tell what the centre changed because of visitors, until a time; the zero time is no
// end. text is by language, empty ones are left out; Russian is needed, for it stands in for the others. by is the user who
// wrote it. The error wraps ErrImprovement when the words will not do, or store.ErrTooMany.
func (f *Fleet) AddImprovement(ctx context.Context, text map[string]string, until time.Time, by string) (id int64, err error) {
	clean := map[string]string{}
	for language, words := range text {
		words = strings.TrimSpace(words)
		switch n := utf8.RuneCountInString(words); {
		case n == 0:
			continue
		case !slices.Contains(ImprovementLanguages, language):
			return 0, fmt.Errorf("%w: %q is no language of the glass; %s are", ErrImprovement, language, strings.Join(ImprovementLanguages, ", "))
		case n > MaxImprovementText:
			return 0, fmt.Errorf("%w: the words in %s have %d characters, at most %d", ErrImprovement, language, n, MaxImprovementText)
		case !utf8.ValidString(words) || strings.ContainsFunc(words, unicode.IsControl):
			return 0, fmt.Errorf("%w: the words in %s have line breaks or control characters", ErrImprovement, language)
		}
		clean[language] = words
	}
	if clean["ru"] == "" {
		return 0, fmt.Errorf("%w: the words in Russian are missing", ErrImprovement)
	}
	now := f.now()
	if !until.IsZero() && !until.After(now) {
		return 0, fmt.Errorf("%w: it would end %s, which is over", ErrImprovement, until.Format(time.DateOnly))
	}
	return f.store.AddImprovement(ctx, store.Improvement{Text: clean, Until: until, Added: now, By: by})
}

// improvements are what a configuration has: those that are still told.
func (f *Fleet) improvements(ctx context.Context) (told []wire.Improvement, err error) {
	all, err := f.store.Improvements(ctx)
	for _, i := range all {
		if i.Told(f.now()) {
			told = append(told, wire.Improvement{Text: i.Text, Until: i.Until})
		}
	}
	return told, err
}
