package console

import (
	"fmt"
	"io/fs"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"

	"otklik/surveys"
)

// languages are those the console speaks, the first one when a browser asks for none of them.
var languages = []string{"ru", "en"}

var matcher = language.NewMatcher([]language.Tag{language.Russian, language.English})

// words says everything in one language.
type words struct {
	language  string
	localizer *i18n.Localizer
	zone      *time.Location
}

// loadWords reads the catalogues in files and returns the words of each language.
func loadWords(files fs.FS, zone *time.Location) (map[string]*words, error) {
	bundle := i18n.NewBundle(language.Russian)
	bundle.RegisterUnmarshalFunc("yaml", yaml.Unmarshal)
	all := make(map[string]*words, len(languages))
	for _, l := range languages {
		if _, err := bundle.LoadMessageFileFS(files, l+".yaml"); err != nil {
			return nil, fmt.Errorf("console: texts in %s: %w", l, err)
		}
		all[l] = &words{l, i18n.NewLocalizer(bundle, l), zone}
	}
	return all, nil
}

// T returns a text. A key that is in no catalogue is a mistake in the program; it is an error of the page.
func (w *words) T(key string) (string, error) {
	return w.localizer.Localize(&i18n.LocalizeConfig{MessageID: key})
}

// With returns a text around a value.
func (w *words) With(key, value string) (string, error) {
	return w.localizer.Localize(&i18n.LocalizeConfig{MessageID: key, TemplateData: map[string]any{"Value": value}})
}

// N returns a text in the form that fits the number n.
func (w *words) N(key string, n int) (string, error) {
	return w.localizer.Localize(&i18n.LocalizeConfig{
		MessageID: key, PluralCount: n, TemplateData: map[string]any{"N": w.Number(n)},
	})
}

// NOf returns a text about n of so many.
func (w *words) NOf(key string, n, of int) (string, error) {
	return w.localizer.Localize(&i18n.LocalizeConfig{
		MessageID: key, PluralCount: n, TemplateData: map[string]any{"N": w.Number(n), "Of": w.Number(of)},
	})
}

// Period returns the days from one time to another.
func (w *words) Period(from, to time.Time) (string, error) {
	a, b := w.Day(from), w.Day(to)
	if a == b {
		return a, nil
	}
	return w.localizer.Localize(&i18n.LocalizeConfig{
		MessageID: "survey.period", TemplateData: map[string]any{"From": a, "To": b},
	})
}

// Of returns a survey's text in this language, or in the survey's own.
func (w *words) Of(t surveys.Text, s *surveys.Survey) string {
	return t.In(w.language, append([]string{"ru"}, s.Languages...)...)
}

// Number groups thousands by a narrow space that does not break.
func (w *words) Number(n int) string {
	digits := strconv.Itoa(n)
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 && digits[i-1] != '-' {
			b.WriteRune('\u202f')
		}
		b.WriteRune(d)
	}
	return b.String()
}

// Mean is a number with one digit after the decimal sign.
func (w *words) Mean(x float64) string { return w.decimal(strconv.FormatFloat(x, 'f', 1, 64)) }

// Decimal is a number with at most two digits after the decimal sign.
func (w *words) Decimal(x float64) string {
	return w.decimal(strconv.FormatFloat(math.Round(100*x)/100, 'f', -1, 64))
}

// Percent is a share in whole percent; what is there but rounds to nothing is "<1".
func (w *words) Percent(share float64) string {
	digits := strconv.FormatFloat(100*share, 'f', 0, 64)
	if share > 0 && digits == "0" {
		digits = "<1"
	}
	if w.language == "ru" {
		return digits + "\u00a0%"
	}
	return digits + "%"
}

// Interval says between which shares the true one lies, by chance alone, at the 95 % level.
func (w *words) Interval(low, high float64) (string, error) {
	return w.localizer.Localize(&i18n.LocalizeConfig{
		MessageID: "interval", TemplateData: map[string]any{"From": w.Percent(low), "To": w.Percent(high)},
	})
}

// Among says which part of how many.
func (w *words) Among(part, whole string) (string, error) {
	return w.localizer.Localize(&i18n.LocalizeConfig{
		MessageID: "among", TemplateData: map[string]any{"Part": part, "Whole": whole},
	})
}

func (w *words) decimal(s string) string {
	if w.language == "ru" {
		return strings.Replace(s, ".", ",", 1)
	}
	return s
}

// dayFormats and clockFormat are how days and times of day are written.
var dayFormats = map[string]string{"ru": "02.01.2006", "en": "2 Jan 2006"}

const clockFormat = "15:04"

// Day is the day of a time; "" for none.
func (w *words) Day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(w.zone).Format(dayFormats[w.language])
}

// Moment is day and time of day; "" for none.
func (w *words) Moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return w.Day(t) + ", " + w.Clock(t)
}

// Clock is the time of day.
func (w *words) Clock(t time.Time) string { return t.In(w.zone).Format(clockFormat) }

// Ago says how long before now t was, roughly.
func (w *words) Ago(t, now time.Time) (string, error) {
	switch d := now.Sub(t); {
	case d < time.Minute:
		return w.T("ago.now")
	case d < time.Hour:
		return w.With("ago.minutes", strconv.Itoa(int(d/time.Minute)))
	case d < 24*time.Hour:
		return w.With("ago.hours", strconv.Itoa(int(d/time.Hour)))
	default:
		return w.N("ago.days", int(d/(24*time.Hour)))
	}
}

// For says how long a time is, roughly, and never less than a second.
func (w *words) For(d time.Duration) (string, error) {
	switch {
	case d < time.Minute:
		return w.With("for.seconds", strconv.Itoa(max(1, int((d+time.Second-1)/time.Second))))
	case d < time.Hour:
		return w.With("for.minutes", strconv.Itoa(int(d/time.Minute)))
	case d < 24*time.Hour:
		return w.With("for.hours", strconv.Itoa(int(d/time.Hour)))
	default:
		return w.N("for.days", int(d/(24*time.Hour)))
	}
}
