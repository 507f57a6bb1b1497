package cmd_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The threat model says of each of its lines which test shows it. A test that is renamed or gone takes the line with it.
func TestThreatModelNamesTestsThatExist(t *testing.T) {
	declared := map[string]bool{}
	declaration := regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		for _, m := range declaration.FindAllSubmatch(source, -1) {
			declared[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile("`(Test\\w+)`")
	lines := map[string]int{}
	for _, language := range []string{"ru", "en"} {
		page, err := os.ReadFile(filepath.Join("..", "assets", "docs", language, "threats.md"))
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(string(page), "\n") {
			if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "|---") {
				continue
			}
			lines[language]++
			tests := named.FindAllStringSubmatch(line, -1)
			if len(tests) == 0 && lines[language] > 1 { // the first is the head
				t.Errorf("%s: no test shows this: %s", language, line)
			}
			for _, m := range tests {
				if !declared[m[1]] {
					t.Errorf("%s: there is no %s", language, m[1])
				}
			}
		}
	}
	if lines["ru"] != lines["en"] || lines["ru"] < 10 {
		t.Errorf("lines of the two pages: %v", lines)
	}
}
