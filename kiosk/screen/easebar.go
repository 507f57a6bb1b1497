package screen

import (
	"slices"
	"strconv"

	"fyne.io/fyne/v2"

	"otklik/kiosk/theme"
	"otklik/kiosk/visit"
	"otklik/kiosk/words"
)

// fewLanguages is how many languages the ease bar offers side by side; more go to a screen of their own.
const fewLanguages = 4

// easeKey is one key of the ease bar: a word, under an icon or alone.
type easeKey struct {
	name, icon, word string
	on               bool
	event            visit.Event
}

// easeBar paints what makes the glass easier to use, in the middle of r: the languages, and a key for each setting. Where
// they do not fit side by side one key opens a screen that lists them. A screen that begins by a language, and one that
// waits for nobody, have less to offer.
func (p *page) easeBar(r rect) {
	languages, settings := p.languageKeys(), p.settingKeys()
	panel := easeKey{"ease", "ease", p.Say("ease.panel"), p.Ease != theme.Ease{} || p.view.Aloud, visit.ShowEase{}}
	signed := panel
	signed.word = "" // the icon alone, where letters are so large that its word finds no room
	list := easeKey{"languages", "", p.Say("language.name"), false, visit.ShowLanguages{}}
	var bars [][]easeKey
	switch p.view.Screen {
	case visit.Attract:
		bars = [][]easeKey{settings, {panel}, {signed}}
		if p.view.Invited != nil { // the answers stand where the keys that begin would be
			languages = p.tongues()
			if len(languages) > fewLanguages {
				languages = []easeKey{list}
			}
			bars = [][]easeKey{slices.Concat(languages, settings), slices.Concat(languages, []easeKey{panel}), slices.Concat(languages, []easeKey{signed}), {list, signed}, {signed}}
		}
	case visit.Easing:
		bars = [][]easeKey{languages, {list}}
	case visit.Pause, visit.Thanks, visit.TestResult, visit.TimeOver, visit.NotAsked, visit.Enough, // they end by themselves,
		visit.Unenrolled, visit.NoSurvey, visit.DiskFull, visit.OutOfService: // or nothing goes on: nothing is opened over them
		few := settings[:2]
		bars = [][]easeKey{
			slices.Concat(languages, settings), slices.Concat(languages, few), slices.Concat(languages, icons(few)), few, icons(few), icons(few[:1]),
		}
	default:
		bars = [][]easeKey{slices.Concat(languages, settings), slices.Concat(languages, []easeKey{panel}), {list, panel}, {panel}, {signed}}
	}
	if len(languages) == 0 && len(p.view.Languages) > 1 && opens(p.view.Screen) {
		bars = [][]easeKey{slices.Concat([]easeKey{list}, settings), {list, panel}, {panel}, {signed}}
		if p.view.Screen == visit.Easing {
			bars = [][]easeKey{{list}}
		}
	}
	gap := max(p.Gap/2, p.Apart)
	for _, keys := range bars {
		for size := p.Chrome; size >= p.LeastHint; size -= max(1, size*0.06) {
			widths, all := p.easeWidths(keys, size)
			all += gap * float32(len(keys)-1)
			if len(keys) == 0 || all > r.w {
				continue
			}
			x := r.x + (r.w-all)/2
			for i, k := range keys {
				p.easeKey(k, size, rect{x, r.y, widths[i], r.h})
				x += widths[i] + gap
			}
			return
		}
	}
	p.over = true // the narrowest bar is one target wide
}

// opens reports whether the ease bar of a screen leads to the screens of languages and of ease.
func opens(s visit.Screen) bool {
	return slices.Contains([]visit.Screen{visit.Easing, visit.Languages, visit.Menu, visit.Ticket, visit.Opening, visit.Question, visit.Statement, visit.Closed}, s)
}

// icons are keys without their words.
func icons(keys []easeKey) []easeKey {
	keys = slices.Clone(keys)
	for i := range keys {
		keys[i].word = ""
	}
	return keys
}

// easeWidths are how wide keys are, one by one and together.
func (p *page) easeWidths(keys []easeKey, size float32) (widths []float32, all float32) {
	for _, k := range keys {
		w := max(p.Target, measure(k.word, p.easeLetters(k, size), bold)+p.Unit*2.5)
		if k.icon == "" {
			w = max(w, p.Bar)
		}
		widths = append(widths, w)
		all += w
	}
	return widths, all
}

// easeLetters are those of a key's word, larger where no icon stands over it.
func (p *page) easeLetters(k easeKey, size float32) float32 {
	if k.icon == "" {
		return max(p.Chrome, p.Hint)
	}
	return size
}

func (p *page) languageKeys() (keys []easeKey) {
	if n := len(p.view.Languages); n < 2 || n > fewLanguages {
		return nil
	}
	for _, l := range p.view.Languages {
		keys = append(keys, easeKey{"lang:" + l, "", words.In(l).Say("language.short"), l == p.view.Language, visit.Speak{Language: l}})
	}
	return keys
}

// settingKeys are the settings, the two that most need first.
func (p *page) settingKeys() []easeKey {
	wants := func(change func(*visit.Ease)) visit.Event {
		e := p.view.Ease
		change(&e)
		return e
	}
	keys := []easeKey{
		{"ease:text", "ease-text-" + strconv.Itoa(p.Text+1), p.Say("ease.text"), p.Text > 0, wants(func(e *visit.Ease) {
			e.Text = (e.Text + 1) % theme.TextSizes
		})},
		{"ease:contrast", "ease-contrast", p.Say("ease.contrast"), p.Contrast, wants(func(e *visit.Ease) { e.Contrast = !e.Contrast })},
		{"ease:left", "ease-left", p.Say("ease.left"), p.LeftHanded, wants(func(e *visit.Ease) { e.LeftHanded = !e.LeftHanded })},
	}
	if p.tall() {
		keys = append(keys, easeKey{
			"ease:lower", "ease-lower", p.Say("ease.lower"), p.Lowered, wants(func(e *visit.Ease) { e.Lowered = !e.Lowered }),
		})
	}
	if p.speaks() {
		word := p.Say("ease.aloud")
		if p.voice.Headphones() {
			word = p.Say("ease.aloud.headphones")
		}
		keys = append(keys, easeKey{"ease:aloud", "ease-aloud", word, p.view.Aloud, visit.Aloud{On: !p.view.Aloud}})
	}
	return keys
}

// tall reports whether something on the glass is out of somebody's reach, so that its controls can be lowered.
func (p *page) tall() bool { return p.Height/p.MM > theme.LoweredReach }

// easeKey paints one quiet key; the one that is on is outlined and tinted.
func (p *page) easeKey(k easeKey, size float32, r rect) {
	idle := look{fill: p.Quiet, edge: p.QuietEdge, stroke: p.Stroke, radius: p.Radius * 0.75}
	held := look{fill: p.Tint, edge: p.Accent, stroke: p.Strong, radius: p.Radius * 0.75}
	if k.on {
		idle = held
	}
	idle.chosen = k.on
	if p.view.Screen == visit.Attract {
		idle.edge = p.OnHero
	}
	size = p.easeLetters(k, size)
	if k.word == "" {
		side := p.Target * 0.6
		p.touch(k.name, r, idle, held, []fyne.CanvasObject{p.art(k.icon, rect{(r.w - side) / 2, (r.h - side) / 2, side, side})}, p.tell(k.event))
		return
	}
	word := fit(k.word, size, size, bold, r.w, 1)
	y := (r.h - word.height()) / 2
	var content []fyne.CanvasObject
	if side := min(r.h-word.height()-p.Unit*1.5, r.h*0.5); k.icon != "" && side >= p.Unit*2 {
		y = (r.h - word.height() - side) / 2
		content = append(content, p.art(k.icon, rect{(r.w - side) / 2, y, side, side}))
		y += side
	}
	p.touch(k.name, r, idle, held, append(content, word.at(0, y, r.w, fyne.TextAlignCenter, p.Ink)...), p.tell(k.event))
}

// easing lists everything that makes the glass easier to use, in words.
func easing(p *page) {
	var lines []line
	set := func(name, text string, on bool, s sign, change func(*visit.Ease)) {
		e := p.view.Ease
		change(&e)
		lines = append(lines, line{name, text, on, s, p.tell(e), ""})
	}
	for i, text := range []string{p.Say("ease.text.normal"), p.Say("ease.text.large"), p.Say("ease.text.largest")} {
		set("ease:text:"+strconv.Itoa(i), text, p.Text == i, single, func(e *visit.Ease) { e.Text = i })
	}
	set("ease:contrast", p.Say("ease.contrast.on"), p.Contrast, square, func(e *visit.Ease) { e.Contrast = !e.Contrast })
	set("ease:left", p.Say("ease.left.on"), p.LeftHanded, square, func(e *visit.Ease) { e.LeftHanded = !e.LeftHanded })
	if p.tall() {
		set("ease:lower", p.Say("ease.lower.on"), p.Lowered, square, func(e *visit.Ease) { e.Lowered = !e.Lowered })
	}
	if p.speaks() {
		word := p.Say("ease.aloud.on")
		if p.voice.Headphones() {
			word = p.Say("ease.aloud.headphones.on")
		}
		lines = append(lines, line{"ease:aloud", word, p.view.Aloud, square, p.tell(visit.Aloud{On: !p.view.Aloud}), ""})
	}
	p.chooser(p.Say("ease.title"), lines)
}
