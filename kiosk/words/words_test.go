package words_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"otklik/kiosk/words"
)

func catalogue(t *testing.T, lang string) map[string]any {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "assets", "text", lang+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var c map[string]any
	if err := yaml.Unmarshal(data, &c); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCataloguesAreComplete(t *testing.T) {
	needed := map[string][]string{"ru": {"one", "few", "many", "other"}, "tt": {"other"}, "en": {"one", "other"}}
	base := catalogue(t, words.Fallback)
	for _, lang := range words.Languages {
		c := catalogue(t, lang)
		for key, value := range base {
			switch other := c[key].(type) {
			case nil:
				t.Errorf("%s lacks %s", lang, key)
			case string:
				if _, plural := value.(map[string]any); plural || strings.TrimSpace(other) == "" {
					t.Errorf("%s: %s is %q", lang, key, other)
				}
			case map[string]any:
				for _, form := range needed[lang] {
					if s, _ := other[form].(string); !strings.Contains(s, "{count}") {
						t.Errorf("%s: %s lacks the form %s with {count}", lang, key, form)
					}
				}
			}
		}
		for key := range c {
			if base[key] == nil {
				t.Errorf("%s has %s, which %s lacks", lang, key, words.Fallback)
			}
		}
	}
}

// sayings finds the keys that the glass asks for; a key that ends with "." is completed by a number or a name.
var sayings = regexp.MustCompile(`(?:Say|Count|own|notice)\((?:[^()"]*, |"[a-z-]+", )?"([a-z.-]+)"`)

func TestCataloguesHaveEverySentenceThatTheGlassSays(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "screen", "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatal("no screens found", err)
	}
	base := catalogue(t, words.Fallback)
	var keys []string
	for key := range base {
		keys = append(keys, key)
	}
	used, all := map[string]bool{}, ""
	for _, f := range files {
		source, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all += string(source)
		for _, m := range sayings.FindAllStringSubmatch(string(source), -1) {
			found := false
			for _, key := range keys {
				if key == m[1] || strings.HasPrefix(key, strings.TrimSuffix(m[1], ".")+".") {
					found, used[key] = true, true
				}
			}
			if !found {
				t.Errorf("%s says %q, which no catalogue has", f, m[1])
			}
		}
	}
	for _, key := range keys {
		used[key] = used[key] || strings.Contains(all, `"`+key+`"`)
		if !used[key] && !slices.Contains([]string{"yes", "no"}, key) { // said by the code of the choice
			t.Errorf("nobody says %s", key)
		}
	}
}

func TestCountTakesTheFormOfItsNumber(t *testing.T) {
	for _, c := range []struct {
		lang string
		n    int
		want string
	}{
		{"ru", 1, "Осталась 1 буква"},
		{"ru", 3, "Осталось 3 буквы"},
		{"ru", 11, "Осталось 11 букв"},
		{"ru", 12, "Осталось 12 букв"},
		{"ru", 21, "Осталась 21 буква"},
		{"ru", 0, "Осталось 0 букв"},
		{"tt", 1, "1 хәреф калды"},
		{"tt", 5, "5 хәреф калды"},
		{"en", 1, "1 letter left"},
		{"en", 0, "0 letters left"},
		{"xx", 2, "Осталось 2 буквы"},
	} {
		if got := words.In(c.lang).Count("text.left", c.n); got != c.want {
			t.Errorf("%s %d: %q, want %q", c.lang, c.n, got, c.want)
		}
	}
}
