package screen

import (
	"slices"

	"fyne.io/fyne/v2"

	"otklik/surveys"
)

// kept is the one rule of what a survey keeps of a visitor, as the keys that say it, in full and in short: a test by ticket leads to a
// ticket; a survey that asks for something personal does so with consent; all others are anonymous.
func kept(s *surveys.Survey) (full, short string) {
	personal := func(q *surveys.Question) bool { return q.Kind.Traits().Personal || q.Kind == surveys.Consent }
	switch {
	case s.Test != nil && s.Test.Tickets:
		return "privacy.ticket", "privacy.ticket.short"
	case slices.ContainsFunc(s.Questions(), personal):
		return "privacy.contact", "privacy.contact.short"
	}
	return "privacy.anonymous", "privacy.anonymous.short"
}

// privacy says what is kept of the visitor, in fewer and fewer words. Where a text is written it reminds not to name anybody: a
// name would make any answer personal. q may be nil.
func (p *page) privacy(q *surveys.Question) []string {
	full, short := kept(p.view.Survey)
	if q != nil && (q.Kind == surveys.ShortText || q.Kind == surveys.LongText) {
		return []string{p.Say(full) + ". " + p.Say("privacy.text"), p.Say("privacy.text"), p.Say("privacy.text.short")}
	}
	return []string{p.Say(full), p.Say(short)}
}

// progressTelling paints how far the visit is with the shortest of lines at the right of it, and returns the bottom of both.
func (p *page) progressTelling(y float32, done float64, lines []string) float32 {
	width := p.Width - 2*p.Margin
	t := fit(lines[len(lines)-1], p.LeastHint, p.LeastHint, regular, width*0.6, 1)
	track := rect{p.Margin, y + t.height()/2, width - t.width() - p.Unit*2, 0}
	p.text(t, p.Width-p.Margin-t.width(), y, t.width(), fyne.TextAlignLeading, p.Secondary)
	return max(p.progress(track, done), y+t.height())
}
