package sqlite

import (
	"path/filepath"
	"strings"
	"testing"
)

// What is asked with each request of a terminal, and of each terminal by the console, is never looked for in a whole table:
// with ten thousand terminals that would be a hundred million rows.
func TestTerminalsAreReadWithoutGoingThroughATableForEach(t *testing.T) {
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "collector.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for query, scans := range map[string]int{
		selectTerminals + "WHERE t.id = x''": 0,
		selectTerminals + orderTerminals:     1, // all of them, once
	} {
		rows, err := s.db.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+query)
		if err != nil {
			t.Fatal(err)
		}
		var plan []string
		for rows.Next() {
			var id, parent, unused int
			var step string
			if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
				t.Fatal(err)
			}
			plan = append(plan, step)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		if text := strings.Join(plan, "\n"); len(plan) == 0 || strings.Count(text, "SCAN") != scans {
			t.Errorf("%s\nis planned as\n%s", query, text)
		}
	}
}
