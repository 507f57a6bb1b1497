package console

import (
	"net/url"
	"strconv"
	"strings"

	"otklik/sync/collector/store"
)

const (
	// terminalsShown is how many terminals a page shows, and searchFrom how many there are before it asks which is looked for.
	terminalsShown = 100
	searchFrom     = 15
	maxSearch      = 200 // bytes
	leastOfID      = 6   // characters: a short number is looked for in names
)

// search is which terminals somebody looks for, as the address of the page says.
type search struct {
	Find string // words, each of which is in the site or the name, or begins the ID
	Only bool   // those that need attention
	page int    // from 1 on
}

func searchOf(q url.Values) search {
	find := q.Get("find")
	page, _ := strconv.Atoi(q.Get("page")) // any other is the first
	return search{
		Find: strings.Join(strings.Fields(strings.ToValidUTF8(find[:min(len(find), maxSearch)], "")), " "),
		Only: q.Get("only") != "", page: max(1, page),
	}
}

// at is the address of one of the pages.
func (s search) at(page int) string {
	q := url.Values{}
	if s.Find != "" {
		q.Set("find", s.Find)
	}
	if s.Only {
		q.Set("only", "trouble")
	}
	if page > 1 {
		q.Set("page", strconv.Itoa(page))
	}
	if len(q) == 0 {
		return "/terminals"
	}
	return "/terminals?" + q.Encode()
}

// fits reports whether a terminal is one that is looked for.
func (s search) fits(t *store.Terminal, trouble bool) bool {
	if s.Only && !trouble {
		return false
	}
	text, id := folded(t.Site+" "+t.Name), t.ID.String()
	for word := range strings.FieldsSeq(folded(s.Find)) {
		if !strings.Contains(text, word) && !(len(word) >= leastOfID && strings.HasPrefix(id, word)) {
			return false
		}
	}
	return true
}

// folded is the same for words that people write in different ways.
func folded(s string) string { return strings.ReplaceAll(strings.ToLower(s), "ё", "е") }
