package screen

import (
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"otklik/kiosk/visit"
	"otklik/kiosk/words"
)

// Voice reads aloud what is on the glass. Its methods return at once.
type Voice interface {
	// Speaks reports whether there is a voice for a language, such as "tt".
	Speaks(language string) bool
	// Headphones reports whether it is heard in headphones alone.
	Headphones() bool
	// Say reads a text in place of the one being read.
	Say(language, text string)
	// Stop ends what is being read.
	Stop()
}

// utterance names what is being read, so that it is read once: a screen as a whole, whatever counts down on it or is written
// there. The zero utterance is silence.
type utterance struct {
	shown        uint64
	warned       bool
	turned, leaf int
	open         string
}

// SetVoice offers visitors to have the screens read aloud, in the languages that the voice speaks; nil takes that away.
func (s *Stage) SetVoice(v Voice) {
	if s.voice != nil {
		s.voice.Stop()
	}
	s.voice, s.uttered = v, utterance{}
	s.paint()
}

// aloud reports whether this visitor is read to.
func (s *Stage) aloud() bool {
	return s.voice != nil && s.panel == nil && s.view.Aloud && s.voice.Speaks(s.view.Language)
}

// readScreen reads the screen that was painted, unless it is being read; to others it ends what was read.
func (s *Stage) readScreen() {
	now := utterance{}
	if s.aloud() {
		now = utterance{s.view.Shown, s.view.Warning > 0, s.state.turned, s.state.leaf, s.state.open}
	}
	if s.voice == nil || now == s.uttered {
		return
	}
	s.uttered = now
	if now == (utterance{}) {
		s.voice.Stop()
		return
	}
	s.voice.Say(s.view.Language, s.words())
}

// readFocus reads what the focus came to.
func (s *Stage) readFocus() {
	if !s.aloud() {
		return
	}
	for i, t := range s.targets {
		if t.Name == s.focus.name {
			s.voice.Say(s.view.Language, s.spoken(t, s.tiles()[i]))
		}
	}
}

// words are those of the screen to be read: the question, then what can be answered. What a visitor has written is not among
// them, nor is what stands on every screen.
func (s *Stage) words() string {
	var said []string
	say := func(texts ...string) {
		for _, t := range texts {
			if t = strings.TrimSpace(plain(t)); t != "" {
				said = append(said, strings.TrimRight(t, ".:;"))
			}
		}
	}
	switch v := s.view; {
	case v.Warning > 0:
		say(words.In(v.Language).Say("idle.title"))
	case v.Screen == visit.Question && v.Group == nil:
		say(v.Text)
		p := s.page()
		say(p.problem(v.Question), p.hint(v.Question))
		say(p.besideAnswers()...)
	case v.Screen == visit.Question: // each question is said before its own answers: some stand on another part
	case v.Screen == visit.Ticket: // what is typed stays between the visitor and the glass
		say(words.In(v.Language).Say("exam.ticket.title"))
	default:
		say(sentence(s.plain()))
	}
	tiles, about := s.tiles(), ""
	others := "" // what turns to more of the same is said after what there is
	for i, t := range s.targets {
		if t.Name == "more" {
			others = s.spoken(t, tiles[i])
		}
		if chrome(t.Name) || t.Name == "more" {
			continue
		}
		if now, heading := s.heading(t.Name); now != about {
			about = now
			say(heading...)
		}
		say(s.spoken(t, tiles[i]))
	}
	say(others)
	for i, t := range said[:max(0, len(said)-1)] {
		if !strings.ContainsAny(t[len(t)-1:], "?!") {
			said[i] += "."
		}
	}
	return strings.Join(said, " ")
}

// plain are the words on the glass that are on no tile, but for the name of the organization.
func (s *Stage) plain() (all []fyne.CanvasObject) {
	name := s.brand.Name.In(s.view.Language, words.Languages...)
	for _, o := range s.root.Objects {
		if t, ok := o.(*canvas.Text); ok && t.Text != name {
			all = append(all, t)
		}
	}
	return all
}

// chrome reports whether a target is the same on every screen, or a key of the keyboard.
func chrome(name string) bool {
	for _, prefix := range []string{"key:", "lang", "ease", "back", "start"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// sentence joins the lines of objects: those of one paragraph are of one size and weight. A word that a hyphen parts is whole.
func sentence(objects []fyne.CanvasObject) string {
	said := ""
	var last *canvas.Text
	for _, o := range objects {
		t, ok := o.(*canvas.Text)
		if !ok || strings.TrimSpace(t.Text) == "" {
			continue
		}
		switch {
		case last == nil:
		case strings.HasSuffix(said, "-") && last.TextSize == t.TextSize && unicode.IsLower([]rune(t.Text)[0]):
			said = strings.TrimSuffix(said, "-")
		case last.TextSize == t.TextSize && last.TextStyle == t.TextStyle || strings.HasSuffix(said, "."):
			said += " "
		default:
			said += ". "
		}
		said += t.Text
		last = t
	}
	return said
}

// speaks reports whether the visitor can be read to in the language chosen.
func (p *page) speaks() bool { return p.voice != nil && p.voice.Speaks(p.view.Language) }
