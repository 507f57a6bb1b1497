package service_test

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"otklik/assets"
)

func TestCataloguesForStaffAreCompleteAndUsed(t *testing.T) {
	all := map[string]map[string]string{}
	for _, lang := range []string{"ru", "tt", "en"} {
		data, err := fs.ReadFile(assets.Text(), "service/"+lang+".yaml")
		if err != nil {
			t.Fatal(err)
		}
		var c map[string]string
		if err := yaml.Unmarshal(data, &c); err != nil {
			t.Fatal(err)
		}
		all[lang] = c
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	source := ""
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		source += string(data)
	}
	for _, key := range slices.Sorted(maps.Keys(all["ru"])) {
		for lang, c := range all {
			if strings.TrimSpace(c[key]) == "" || len(c) != len(all["ru"]) {
				t.Errorf("%s: %s is %q; it has %d keys, Russian %d", lang, key, c[key], len(c), len(all["ru"]))
			}
		}
		short := strings.TrimPrefix(key, "service.")
		group, last, _ := strings.Cut(short, ".")
		built := strings.Contains(source, `"`+group+`." +`) || group == "state" && strings.Contains(source, `c.fact(p, "`+last+`"`)
		if !strings.Contains(source, `"`+short+`"`) && !strings.Contains(source, `"`+key+`"`) && !built {
			t.Errorf("nobody says %s", key)
		}
	}
}
