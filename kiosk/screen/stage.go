// Package screen paints the glass: one file a screen and a kind of question. What it is given is a view of the visit, what
// it gives back are the events of the visit; it decides nothing and keeps nothing of a visitor's but the text being
// written.
package screen

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"otklik/kiosk/keyboard"
	"otklik/kiosk/theme"
	"otklik/kiosk/visit"
	"otklik/kiosk/words"
	"otklik/surveys"
)

// Stage is the whole glass. All its methods belong to Fyne's own thread.
type Stage struct {
	display  theme.Display
	brand    *theme.Brand
	ease     theme.Ease
	scene    Scene
	discreet bool
	send     func(visit.Event)
	painted  func(Painted)

	root    *fyne.Container
	size    fyne.Size
	view    visit.View
	has     bool // a view was shown
	state   state
	targets []Target
	dark    bool            // the ground shown is that of a terminal that sleeps
	motion  *fyne.Animation // what moves since the screen came; nil for nothing
	album   album
	ground  *canvas.LinearGradient // of the attract screen: kept, since each new one costs a picture as large as the glass
	gallery gallery
	// pictures are the icons drawn so far.
	pictures map[string]fyne.Resource
	touched  surveys.Tap     // where the glass was touched last, by a finger
	stale    bool            // what is on the glass differs from the state
	clock    *fyne.Container // what counts down; nil where nothing does
	focus    focus
	frame    *fyne.Container // the ring of the focus
	down     heldKey
	shown    Painted
	aside    state // of the question that the screen of languages or of ease was opened from

	voice   Voice // nil where nothing is read aloud
	uttered utterance

	panel        *Panel // in place of the visit; mostly nil
	panelTouched func(name string)
	sized        func(theme.Display)
	held         func() // the corner was held; nil without a corner
	corner       *hold
	felt         func(Touch)
	unseen       func() bool // reports whether the screen cannot have been seen yet; may be nil
	at           showing
	now          func() time.Time
}

// showing says what is on the glass: while it is the same, another painting of it keeps the tiles that are there, see keep.
type showing struct {
	shown      uint64
	key, panel string
	warned     bool
}

func (s *Stage) showing() showing {
	if s.panel != nil {
		return showing{panel: s.panel.Name}
	}
	return showing{shown: s.view.Shown, key: s.state.key, warned: s.view.Warning > 0}
}

// state is what a screen remembers between two paintings of the same question: where a long list was turned to, and the
// keyboard with the text being written. Another screen starts with a new one.
type state struct {
	key      string
	turned   int // which page of a long list of choices
	leaf     int // which page of a long question
	keyboard *keyboard.Keyboard
	// value says what the text of the keyboard means as an answer; nil where it is no answer, as in a search field.
	value  func(text string) surveys.Value
	listed bool   // what a search found has the place of its keyboard
	open   string // the code of the one question of several that has the glass to itself; "" for none
	// before is which part of the questions it leads back to, told the View.Shown whose problem was turned to.
	before int
	told   uint64
}

// NewStage makes the glass of a display in the look of a brand. send takes what a visitor did; painted, which may
// be nil, is told of each screen.
func NewStage(display theme.Display, brand *theme.Brand, send func(visit.Event), painted func(Painted)) *Stage {
	s := &Stage{display: display, brand: brand, send: send, painted: painted, pictures: map[string]fyne.Resource{}, corner: newHold(), now: time.Now}
	s.corner.held = s.cornerHeld
	s.root = container.New(&stageLayout{s})
	return s
}

// Content is what belongs into the window.
func (s *Stage) Content() fyne.CanvasObject { return s.root }

// Show paints a view.
func (s *Stage) Show(v visit.View) {
	if s.discreet && s.has && v.Saving && s.view.Shown == v.Shown {
		return // the screen that comes next is the sign that the touch counted
	}
	if s.has && same(s.view, v) {
		if s.view.Clock != v.Clock {
			s.view = v
			s.retime()
		}
		return
	}
	s.view, s.has = v, true
	changed := s.ease != theme.Ease(v.Ease)
	s.ease = theme.Ease(v.Ease)
	if s.panel != nil {
		return
	}
	if key := stateKey(v); s.state.key != key {
		s.turn(key, v.Screen == visit.Languages || v.Screen == visit.Easing || v.Screen == visit.Statement)
	}
	if changed {
		s.state.turned, s.state.leaf = 0, 0 // other letters, other pages
	}
	s.paint()
}

// turn gives another screen its state. What was begun before the screen of languages, of ease or of a consent's full text
// was opened is there again afterwards; with any other screen it is gone.
func (s *Stage) turn(key string, aside bool) {
	next := state{key: key}
	switch {
	case aside && s.aside.key == "":
		s.aside = s.state
	case aside:
	case s.aside.key == key:
		next, s.aside = s.aside, state{}
	default:
		s.aside = state{}
	}
	s.state, s.focus = next, focus{}
}

// stateKey names the one question of the one visit that a state belongs to. Showing the warning keeps it; coming back to
// a question starts anew from the answer given.
func stateKey(v visit.View) string {
	if v.Screen != visit.Question {
		return string(v.Screen)
	}
	return v.Survey.Version + " " + v.Question.Code
}

func same(a, b visit.View) bool {
	return a.Shown == b.Shown && a.Value.Equal(b.Value) && a.Warning == b.Warning && a.CanNext == b.CanNext && a.Problem == b.Problem &&
		a.Left == b.Left && a.Ease == b.Ease && slices.EqualFunc(a.Group, b.Group, sameItem) &&
		slices.EqualFunc(a.Improvements, b.Improvements, maps.Equal)
}

// paint builds the screen anew.
func (s *Stage) paint() {
	if !s.has || s.size.IsZero() {
		return
	}
	s.stale = false
	s.album.open(s.view.Survey)
	s.gallery.clear()
	p := s.page()
	before := s.at
	s.at = s.showing()
	p.came = s.at.key != before.key
	p.base(p.Paper)
	shown := name(s.view)
	switch {
	case s.panel != nil:
		shown = s.panel.Name
		p.Speaker = words.In(s.panel.Language)
		p.panel(s.panel, s.panelTouched)
	default:
		painters[s.view.Screen](p)
	}
	if s.waits() {
		p.shift(s.scene.Shift)
	}
	if s.panel == nil && s.view.Warning > 0 {
		p.drop(1) // the ground alone
		idle(p)
		shown = "idle-" + shown
	}
	if corner := s.held != nil && s.waits() && p.hiddenPlace(s.corner); !corner {
		s.corner.end()
	}
	s.targets, s.clock, s.dark = p.targets, p.clock, p.asleep
	s.frame = container.NewWithoutLayout()
	s.frame.Resize(s.size)
	s.gallery.tidy()
	release(s.root.Objects, p.objects)
	if s.at == before {
		keep(s.root.Objects, p.objects)
	}
	s.root.Objects = append(p.objects, s.frame)
	if _, ok := s.focused(); !ok {
		s.focus.name = ""
	}
	s.ring()
	s.root.Refresh()
	s.move(p.motion)
	s.readScreen()
	s.shown = Painted{Screen: shown, Width: int(p.Width), Height: int(p.Height), Targets: p.targets, Texts: texts(p.objects), Split: p.level == split}
	s.tellPainted()
}

func (s *Stage) tellPainted() {
	if s.painted != nil {
		s.shown.Focus = s.focus.name
		s.painted(s.shown)
	}
}

// page is an empty page of the view shown.
func (s *Stage) page() *page {
	return &page{
		Metrics: theme.NewMetrics(s.measured(), s.ease, s.brand.CapHeight), Palette: s.brand.Colours(s.ease.Contrast),
		Speaker: words.In(s.view.Language), house: s.brand, scene: s.scene, pictures: s.pictures,
		discreet: s.discreet && s.panel == nil && s.view.Screen != visit.Languages && s.view.Screen != visit.Easing,
		view:     s.view, state: &s.state, album: &s.album, gallery: &s.gallery, ground: &s.ground, send: s.tell, redraw: s.stay, write: s.write, touched: s.touch, felt: s.feel, tooSoon: s.tooSoon, voice: s.voice,
	}
}

// measured is the display with the size that the glass has.
func (s *Stage) measured() theme.Display {
	d := s.display
	d.Width, d.Height = int(s.size.Width), int(s.size.Height)
	return d.Guess()
}

// SetDiscreet has an answer show nothing of being touched, so that nobody behind the visitor sees which it was: neither under
// the finger, nor while it is stored, nor as long as it can be taken back. What stays on the glass until the visitor goes on,
// or is come back to, is marked by a dot that is seen from near. Only what is written, drawn, or set on a slider shows as
// ever: nobody could give it unseen.
func (s *Stage) SetDiscreet(discreet bool) {
	s.discreet = discreet
	s.paint()
}

// SetSized has sized told of the display whenever the glass gets a size, before it is painted.
func (s *Stage) SetSized(sized func(theme.Display)) { s.sized = sized }

// SetUnseen has unseen asked, when a finger comes down or a key is pressed, whether the screen appeared too lately to have
// been meant: then it does nothing.
func (s *Stage) SetUnseen(unseen func() bool) { s.unseen = unseen }

func (s *Stage) tooSoon() bool { return s.panel == nil && s.unseen != nil && s.unseen() }

// stay paints what a visitor changed of the state alone, and tells the visit.
func (s *Stage) stay() {
	s.paint()
	s.send(visit.Turned{})
}

// retime paints what counts down and nothing else: a key that a finger is on stays the same key.
func (s *Stage) retime() {
	if s.clock != nil && !s.size.IsZero() {
		face := s.page().clockFace()
		release(s.clock.Objects, face)
		s.clock.Objects = face
		s.clock.Refresh()
	}
}

// painters paint the screens.
var painters map[visit.Screen]func(*page)

func init() { // not a literal: the painters lead back to paint
	painters = map[visit.Screen]func(*page){
		visit.Unenrolled:   unenrolled,
		visit.NoSurvey:     noSurvey,
		visit.DiskFull:     diskFull,
		visit.Attract:      attract,
		visit.Languages:    languages,
		visit.Easing:       easing,
		visit.Menu:         menu,
		visit.Ticket:       ticket,
		visit.Opening:      opening,
		visit.Question:     question,
		visit.Statement:    statement,
		visit.Pause:        pause,
		visit.Thanks:       thanks,
		visit.TestResult:   testResult,
		visit.TimeOver:     timeOver,
		visit.Closed:       closed,
		visit.NotAsked:     notAsked,
		visit.Enough:       enough,
		visit.OutOfService: outOfService,
	}
}

// questions paint the answers of each kind of question into the space between the question and the foot.
var questions = map[surveys.QuestionKind]func(p *page, body rect){
	surveys.Smiley:         smiley,
	surveys.Stars:          stars,
	surveys.NPS:            nps,
	surveys.Agreement:      agreement,
	surveys.SingleChoice:   singleChoice,
	surveys.MultipleChoice: multipleChoice,
	surveys.YesNo:          yesNo,
	surveys.PictureChoice:  pictureChoice,
	surveys.Dropdown:       dropdown,
	surveys.Ranking:        ranking,
	surveys.Matrix:         matrix,
	surveys.Slider:         slider,
	surveys.NumberEntry:    numberEntry,
	surveys.Date:           date,
	surveys.Time:           clockTime,
	surveys.DateTime:       dayAndTime,
	surveys.ShortText:      writtenText,
	surveys.LongText:       writtenText,
	surveys.Phone:          phone,
	surveys.Email:          email,
	surveys.Consent:        consent,
	surveys.Signature:      signature,
	surveys.Information:    information,
}

// Shows says whether this program has a screen for everything that a survey asks; the error names the first question it
// cannot show. A terminal that is older than its collector may be given such a survey: it offers the others.
func Shows(s *surveys.Survey) error {
	for _, q := range s.Questions() {
		if q.Kind.Traits().HasScreen && questions[q.Kind] == nil || !slices.Contains(surveys.QuestionKinds, q.Kind) {
			return fmt.Errorf("survey %s asks %s, of the kind %s, which this program cannot show; update the terminal",
				s.ID, q.Code, q.Kind)
		}
	}
	return nil
}

// tell sends what a visitor did, an answer with the place of its touch.
func (s *Stage) tell(e visit.Event) {
	if a, ok := e.(visit.Answer); ok {
		a.Tap = s.touched
		e = a
	}
	s.touched = surveys.Tap{}
	s.send(e)
}

// touch notes where a finger touched the glass. It needs no ring.
func (s *Stage) touch(at surveys.Tap) {
	s.touched = at
	s.focusOn("")
}

// Targets returns the places that react to a touch on the screen shown.
func (s *Stage) Targets() []Target { return s.targets }

// write tells the visit what was written and paints it.
func (s *Stage) write() {
	if s.panel != nil {
		s.panelTouched("key")
		return
	}
	s.stale = true
	if s.state.value != nil {
		s.send(visit.Edit{Question: s.state.open, Value: s.state.value(strings.TrimSpace(s.state.keyboard.Text()))})
	} else {
		s.send(visit.Touched{})
	}
	if s.stale { // the value is the same: a service key was pressed
		s.paint()
	}
}

// stageLayout builds the screen anew when the window gets its size.
type stageLayout struct{ stage *Stage }

func (l *stageLayout) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	if size != l.stage.size {
		l.stage.size = size
		if l.stage.sized != nil {
			l.stage.sized(l.stage.measured())
		}
		l.stage.paint()
	}
}

func (*stageLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(320, 240) }
