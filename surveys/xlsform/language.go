package xlsform

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// usualLanguage is what a form is in that does not say.
const usualLanguage = "ru"

var (
	languageCode   = regexp.MustCompile(`^(?i)([a-z]{2,3})([-_][a-z0-9]+)*$`)
	codeInBrackets = regexp.MustCompile(`\(\s*(?i:([a-z]{2,3})(?:[-_][a-z0-9]+)*)\s*\)$`)
)

// languageNames are the codes of languages by their names in English, in Russian and in the languages themselves,
// lower-case.
var languageNames = sync.OnceValue(func() map[string]string {
	names := map[string]string{"татарский": "tt", "tatarça": "tt", "mandarin": "zh"}
	namers := []display.Namer{display.English.Languages(), display.Russian.Languages(), selfNamer{}}
	for _, tag := range display.Supported.Tags() {
		base, confidence := tag.Base()
		if confidence != language.Exact || tag != language.Make(base.String()) {
			continue
		}
		for _, n := range namers {
			if name := strings.ToLower(n.Name(tag)); name != "" && names[name] == "" {
				names[name] = base.String()
			}
		}
	}
	for _, code := range []string{"tt", "ba", "cv", "udm", "chm"} { // not among display's own, but spoken here
		for _, n := range namers[:2] {
			if name := strings.ToLower(n.Name(language.Make(code))); name != "" {
				names[name] = code
			}
		}
	}
	return names
})

type selfNamer struct{}

func (selfNamer) Name(t any) string { return display.Self.Name(t.(language.Tag)) }

// resolveLanguage returns the code of a language as headers and settings name it: English (en), ru, Татарча.
func resolveLanguage(name string) (code string, ok bool) {
	if m := codeInBrackets.FindStringSubmatch(name); m != nil {
		return strings.ToLower(m[1]), true
	}
	if code = languageNames()[strings.ToLower(strings.TrimSpace(name))]; code != "" {
		return code, true
	}
	if native := nativeNames; slices.Contains(native.names, strings.ToLower(name)) {
		return native.codes[slices.Index(native.names, strings.ToLower(name))], true
	}
	if m := languageCode.FindStringSubmatch(name); m != nil {
		return strings.ToLower(m[1]), true
	}
	return "", false
}

// nativeNames are names that x/text does not know.
var nativeNames = struct{ names, codes []string }{
	[]string{"татарча", "башҡортса", "чӑвашла", "удмурт", "марий"}, []string{"tt", "ba", "cv", "udm", "chm"},
}

// languageName returns how a header names a language: «Русский (ru)».
func languageName(code string) string {
	name := map[string]string{"ru": "Русский", "tt": "Татарча", "en": "English"}[code]
	if name == "" {
		if name = display.Self.Name(language.Make(code)); name == "" {
			name = display.English.Languages().Name(language.Make(code))
		}
	}
	if name == "" {
		name = code
	}
	return name + " (" + code + ")"
}

// findLanguages gives every translated column its code, and the form its languages: the one of last resort first, then the
// others in the order of their columns.
func (im *importer) findLanguages(tables []*table, named string, at origin) {
	var tagged []string
	untagged, together := false, map[string]bool{} // together: the languages that stand beside a column without one
	for _, t := range tables {
		for i := range t.columns {
			c := &t.columns[i]
			if !c.spec.translated || c.spec.fate != carried || !t.used(*c) {
				continue
			}
			if c.name == "media::image" { // pictures have no language, and give the form none
				c.code = c.language
				continue
			}
			if c.language == "" {
				untagged = true
				continue
			}
			code, ok := resolveLanguage(c.language)
			if !ok {
				im.fail(origin{t.name, t.header.number, i + 1, c.header}, "the language "+quote(c.language)+" is not known",
					"its code behind the name, such as label::"+c.language+" (xx)")
				code = "zz"
			}
			if c.code = code; !slices.Contains(tagged, code) {
				tagged = append(tagged, code)
			}
			if slices.ContainsFunc(t.columns, func(o column) bool { return o.name == c.name && o.language == "" && t.used(o) }) {
				together[code] = true
			}
		}
	}
	base, said := "", false
	if named != "" && !strings.EqualFold(named, "default") {
		if base, said = resolveLanguage(named); !said {
			im.fail(at, "the default_language "+quote(named)+" is not known", "a language with its code, such as Русский (ru)")
		}
	}
	if said && !untagged && len(tagged) > 0 && !slices.Contains(tagged, base) {
		im.warn(at, "no column is in the default_language "+quote(named), "columns such as label::"+named)
		base, said = "", false
	}
	if !said {
		for _, code := range tagged {
			if !together[code] && base == "" {
				base = code
			}
		}
		if base == "" {
			base = usualLanguage
		}
		if untagged {
			im.warn(origin{}, "columns without a language are taken to be in "+languageName(base), "default_language in settings, if that is wrong")
		}
	}
	im.languages = append([]string{base}, slices.DeleteFunc(tagged, func(code string) bool { return code == base })...)
	for _, t := range tables {
		for i := range t.columns {
			if c := &t.columns[i]; c.spec.translated && c.code == "" {
				if c.code = base; c.language != "" {
					c.code, _ = resolveLanguage(c.language)
				}
			}
		}
	}
}
