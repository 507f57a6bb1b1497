// Package words holds the product's own sentences on the glass, in every language it speaks, and the plural rules of
// those languages. The catalogues are go-i18n message files in assets/text.
package words

import (
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"
	"github.com/nicksnyder/go-i18n/v2/i18n"

	"otklik/assets"
)

// Fallback is the language of last resort: every sentence exists in it.
const Fallback = "ru"

// Languages are those of the catalogues, in the order that visitors see them.
var Languages = []string{"ru", "tt", "en"}

// pluralForms says which form a whole number takes in each language (CLDR 44; Tatar, which CLDR and go-i18n lack, keeps
// the noun in the singular after every number).
var pluralForms = map[string]func(n int) string{
	"ru": func(n int) string {
		switch tens := n % 100; {
		case n%10 == 1 && tens != 11:
			return "one"
		case n%10 >= 2 && n%10 <= 4 && (tens < 12 || tens > 14):
			return "few"
		default:
			return "many"
		}
	},
	"tt": func(int) string { return "other" },
	"en": func(n int) string {
		if n == 1 {
			return "one"
		}
		return "other"
	},
}

// catalogues holds the messages by language and key.
var catalogues = sync.OnceValue(func() map[string]map[string]*i18n.Message {
	all, err := load(assets.Text())
	if err != nil {
		panic("words: " + err.Error()) // the catalogues are part of the program; a test loads them
	}
	return all
})

func load(files fs.FS) (map[string]map[string]*i18n.Message, error) {
	all := map[string]map[string]*i18n.Message{}
	for _, lang := range Languages {
		all[lang] = map[string]*i18n.Message{}
		for _, name := range []string{lang + ".yaml", "service/" + lang + ".yaml"} {
			data, err := fs.ReadFile(files, name)
			if err != nil {
				return nil, err
			}
			file, err := i18n.ParseMessageFileBytes(data, lang+".yaml", map[string]i18n.UnmarshalFunc{"yaml": yaml.Unmarshal})
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			for _, m := range file.Messages {
				all[lang][m.ID] = m
			}
		}
	}
	return all, nil
}

// Speaker says sentences in one language.
type Speaker struct{ lang string }

// In returns a speaker of lang; one that no catalogue has speaks Fallback.
func In(lang string) Speaker {
	if !slices.Contains(Languages, lang) {
		lang = Fallback
	}
	return Speaker{lang}
}

// Language is the language that is spoken.
func (s Speaker) Language() string { return s.lang }

// Say returns the sentence with the given key.
func (s Speaker) Say(key string) string { return s.message(key).Other }

// Count returns the sentence with the given key in the form that n takes, with n in place of {count}.
func (s Speaker) Count(key string, n int) string {
	m := s.message(key)
	forms := map[string]string{"one": m.One, "few": m.Few, "many": m.Many}
	form := forms[pluralForms[s.lang](n)]
	if form == "" {
		form = m.Other
	}
	return strings.ReplaceAll(form, "{count}", strconv.Itoa(n))
}

func (s Speaker) message(key string) *i18n.Message {
	if m := catalogues()[s.lang][key]; m != nil {
		return m
	}
	panic("words: no catalogue has " + key) // a mistake in the program; a test asks for every key that the code uses
}
