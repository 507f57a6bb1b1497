package surveys_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"otklik/surveys"
)

// styles are the ways to write an expression in YAML, given its parts; parts may stand on lines of their own where the
// style has lines.
var styles = map[string]func(parts []string) string{
	"plain":            func(parts []string) string { return strings.Join(parts, " ") },
	"plain over lines": func(parts []string) string { return strings.Join(parts, "\n            ") },
	"single quotes": func(parts []string) string {
		return "'" + strings.ReplaceAll(strings.Join(parts, " "), "'", "''") + "'"
	},
	"single quotes over lines": func(parts []string) string {
		return "'" + strings.ReplaceAll(strings.Join(parts, "\n         "), "'", "''") + "'"
	},
	"double quotes": func(parts []string) string { return `"` + escape(strings.Join(parts, `\t`)) + `"` },
	"double quotes over lines": func(parts []string) string {
		return `"` + escape(strings.Join(parts, "  \n\n         ")) + `"`
	},
	"double quotes over joined lines": func(parts []string) string {
		return `"` + escape(strings.Join(parts, " \\\n         ")) + `"`
	},
	"double quotes with escapes": func(parts []string) string {
		return `"` + escape(strings.Join(parts, `\x20\u0020\U00000020\n`)) + `"`
	},
	"literal":          func(parts []string) string { return "|\n          " + strings.Join(parts, "\n            ") },
	"literal stripped": func(parts []string) string { return "|-\n\n          " + strings.Join(parts, "\n\n          ") },
	"folded":           func(parts []string) string { return ">\n          " + strings.Join(parts, "\n          ") },
	"folded stripped":  func(parts []string) string { return ">-\n          " + strings.Join(parts, "\n\n            ") },
}

// escape writes letters that an expression of these tests contains as escapes of YAML.
func escape(s string) string { return strings.NewReplacer("д", `\u0434`, "х", `\x78`).Replace(s) }

// TestMistakesInExpressionsAreFoundInEveryStyle writes a condition in every style of YAML with one unknown question at a
// drawn place, and looks at what stands in the source where the problem is reported.
func TestMistakesInExpressionsAreFoundInEveryStyle(t *testing.T) {
	for name, style := range styles {
		t.Run(strings.ReplaceAll(name, " ", "-"), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				sound := []string{"${who} = 'employer'", "${who} != ''", "not(${who} = 'job_seeker')", "'да' != 'х'", "1 < 2"}
				parts := []string{"true() and"} // a plain scalar cannot begin with a quote
				for i := range rapid.IntRange(0, 4).Draw(t, "before") {
					parts = append(parts, rapid.SampledFrom(sound).Draw(t, fmt.Sprint("part", i)), rapid.SampledFrom([]string{"and", "or"}).Draw(t, "join"))
				}
				parts = append(parts, "${nope} = 1 and", "1 = 1")
				source := strings.Replace(good, "relevance: ${who} = 'employer'", "relevance: "+style(parts), 1)
				_, err := surveys.Load("demo.yaml", []byte(source))
				var problems surveys.Problems
				if !errors.As(err, &problems) || len(problems) != 1 || !strings.HasPrefix(problems[0].Message, "there is no question nope") {
					t.Fatalf("%v in\n%s", err, source)
				}
				line := []rune(strings.Split(source, "\n")[problems[0].Line-1])
				if at := string(line[problems[0].Column-1:]); !strings.HasPrefix(at, "${nope}") {
					t.Fatalf("%v points at %q in\n%s", err, at, source)
				}
			})
		})
	}
}
