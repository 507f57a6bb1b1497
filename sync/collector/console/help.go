package console

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"

	"otklik/assets"
)

// helpPages are the operators' pages of assets/docs, in the order of the help's own navigation.
var helpPages = []string{"quality", "survey", "terminal", "tablet", "backup", "threats"}

// helpPage is one of them, made into HTML once at the start.
type helpPage struct {
	Name, Title string
	Body        template.HTML
}

// help is what the template shows: all pages for the navigation, and the one that is open.
type help struct {
	All  []helpPage
	Open helpPage
}

// loadHelp reads the pages in one language. Each begins with its title.
func loadHelp(lang string) ([]helpPage, error) {
	markdown := goldmark.New(goldmark.WithExtensions(extension.Table))
	var pages []helpPage
	for _, name := range helpPages {
		source, err := fs.ReadFile(assets.Docs(), lang+"/"+name+".md")
		if err != nil {
			return nil, fmt.Errorf("console: help: %w", err)
		}
		title, text, ok := strings.Cut(string(source), "\n")
		title, heading := strings.CutPrefix(title, "# ")
		if !ok || !heading {
			return nil, fmt.Errorf("console: help: %s/%s.md does not begin with its title", lang, name)
		}
		var body bytes.Buffer
		if err := markdown.Convert([]byte(text), &body); err != nil {
			return nil, fmt.Errorf("console: help: %s/%s.md: %w", lang, name, err)
		}
		pages = append(pages, helpPage{name, title, template.HTML(body.String())}) // our own text, and goldmark lets no HTML through
	}
	return pages, nil
}

// showHelp shows the page that the address names, or the first.
func (c *Console) showHelp(w http.ResponseWriter, r *http.Request) error {
	all := c.views.help[c.language(r)]
	name := r.PathValue("name")
	if name == "" {
		name = all[0].Name
	}
	for _, p := range all {
		if p.Name == name {
			return c.show(w, r, http.StatusOK, "help", "help", p.Title, help{all, p})
		}
	}
	return errNoPage
}
