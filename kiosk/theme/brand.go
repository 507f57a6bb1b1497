package theme

import (
	"errors"
	"fmt"
	"image/color"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"otklik/assets"
	"otklik/kiosk/words"
	"otklik/surveys"
)

// Default is the name of the product's own brand.
const Default = "otklik"

// Brand is how the glass of one organization looks and what it says of itself. It is read from a folder with brand.yaml;
// everything in it was checked when it was read.
type Brand struct {
	Name    surveys.Text // of the organization, in every language of the catalogues
	Palette Palette
	// Contrast is the palette of high contrast.
	Contrast Palette
	// Regular and Bold are font files; nil takes the bundled face. CapHeight is the height of their capitals, in em.
	Regular, Bold []byte
	CapHeight     float64
	// Attract are the messages that take turns on the attract screen, after the survey's own invitation.
	Attract []Message
	// Advice says, with its place, what of the brand could be told apart more easily than it must be.
	Advice []string

	logo []shape
	dir  fs.FS
}

// Message is a sentence on the attract screen, with the name of an illustration beside it; "" for none.
type Message struct {
	Text    surveys.Text
	Picture string
}

// brandFile is brand.yaml.
type brandFile struct {
	Name surveys.Text `yaml:"name"`
	Logo []struct {
		D      string  `yaml:"d"`
		Fill   string  `yaml:"fill"`
		Stroke string  `yaml:"stroke"`
		Width  float64 `yaml:"width"`
	} `yaml:"logo"`
	Colours  map[string]string `yaml:"colours"`
	Contrast map[string]string `yaml:"high-contrast"`
	Fonts    struct {
		Regular string `yaml:"regular"`
		Bold    string `yaml:"bold"`
	} `yaml:"fonts"`
	Attract []struct {
		Text    surveys.Text `yaml:"text"`
		Picture string       `yaml:"picture"`
	} `yaml:"attract"`
}

// shape is one path of a logo. Its colours are names of roles, or "mark" and "counter": accent and on-accent on paper,
// on-hero and hero-top on the attract screen.
type shape struct {
	d, fill, stroke string
	width           float64
}

// FindBrand reads the brand of a name that ships with the program, or else of a folder.
func FindBrand(nameOrDir string) (*Brand, error) {
	if dir, err := fs.Sub(assets.Brands(), nameOrDir); err == nil {
		if _, err := fs.Stat(dir, brandName); err == nil {
			return ReadBrand(dir)
		}
	}
	if info, err := os.Stat(nameOrDir); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("brand %q: neither a brand of the program (%s) nor a folder with a %s",
			nameOrDir, strings.Join(Brands(), ", "), brandName)
	}
	b, err := ReadBrand(os.DirFS(nameOrDir))
	if err != nil {
		return nil, fmt.Errorf("brand in %s: %w", nameOrDir, err)
	}
	return b, nil
}

// MustBrand returns a brand that ships with the program; tests read them all.
func MustBrand(name string) *Brand {
	b, err := FindBrand(name)
	if err != nil {
		panic(err)
	}
	return b
}

// Brands are the names of those that ship with the program.
func Brands() (names []string) {
	dirs, err := fs.ReadDir(assets.Brands(), ".")
	if err != nil {
		panic("theme: " + err.Error()) // they are part of the program
	}
	for _, d := range dirs {
		names = append(names, d.Name())
	}
	return names
}

const brandName = "brand.yaml"

// ReadBrand reads a brand from its folder. The error names every mistake found with its line and column.
func ReadBrand(dir fs.FS) (*Brand, error) {
	source, err := fs.ReadFile(dir, brandName)
	if err != nil {
		return nil, err
	}
	r := &brandReader{dir: dir}
	if r.file, err = parser.ParseBytes(source, 0); err != nil {
		return nil, fmt.Errorf("%s: %s", brandName, yaml.FormatError(err, false, true))
	}
	var f brandFile
	if err := yaml.NewDecoder(strings.NewReader(string(source)), yaml.Strict()).Decode(&f); err != nil {
		return nil, fmt.Errorf("%s: %s", brandName, yaml.FormatError(err, false, true))
	}
	b := &Brand{Name: f.Name, dir: dir, CapHeight: CapHeight}
	r.text("$.name", f.Name)
	r.logo(b, f)
	b.Palette = r.palette("$.colours", f.Colours)
	b.Contrast = HighContrast
	if f.Contrast != nil {
		b.Contrast = r.palette("$.high-contrast", f.Contrast)
	}
	if r.sound = len(r.mistakes) == 0; r.sound {
		r.shown(b)
	}
	r.fonts(b, f)
	r.icons(b)
	for i, m := range f.Attract {
		at := fmt.Sprintf("$.attract[%d]", i)
		r.text(at+".text", m.Text)
		if m.Picture != "" {
			r.picture(at+".picture", b, m.Picture)
		}
		b.Attract = append(b.Attract, Message(m))
	}
	b.Advice = r.advice
	return b, errors.Join(r.mistakes...)
}

// brandReader collects what is wrong with a brand.
type brandReader struct {
	dir      fs.FS
	file     *ast.File
	mistakes []error
	advice   []string
	sound    bool // the logo has paths and every role a colour
}

// wrong notes a mistake at a path of the file.
func (r *brandReader) wrong(path, format string, args ...any) {
	r.mistakes = append(r.mistakes, errors.New(r.say(path, fmt.Sprintf(format, args...))))
}

// say says something of a path of the file, with its place; where the path leads nowhere, that of the nearest that is there.
func (r *brandReader) say(path, what string) string {
	where := brandName
	for p := path; ; p = p[:strings.LastIndexAny(p, ".[")] {
		if node := r.node(p); node != nil {
			at := node.GetToken().Position
			if m, ok := node.(*ast.MappingNode); ok && len(m.Values) > 0 {
				at = m.Values[0].Key.GetToken().Position
			}
			where = fmt.Sprintf("%s:%d:%d", brandName, at.Line, at.Column)
			break
		}
		if !strings.ContainsAny(p, ".[") {
			break
		}
	}
	return fmt.Sprintf("%s: %s: %s", where, strings.TrimPrefix(path, "$."), what)
}

func (r *brandReader) node(path string) ast.Node {
	p, err := yaml.PathString(path)
	if err != nil {
		return nil
	}
	node, err := p.FilterFile(r.file)
	if err != nil {
		return nil
	}
	return node
}

// text checks that a text has words in every language of the catalogues and in no other.
func (r *brandReader) text(path string, t surveys.Text) {
	for _, lang := range words.Languages {
		if strings.TrimSpace(t[lang]) == "" {
			r.wrong(path, "nothing in %s", lang)
		}
	}
	for lang := range t {
		if !slices.Contains(words.Languages, lang) {
			r.wrong(path+"."+lang, "not a language of the glass (%s)", strings.Join(words.Languages, ", "))
		}
	}
}

var colourPattern = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)

// palette reads the colours of every role and checks each pair of them that meets.
func (r *brandReader) palette(path string, given map[string]string) Palette {
	var p Palette
	before := len(r.mistakes)
	for _, role := range roles {
		value, ok := given[role.name]
		switch {
		case !ok:
			r.wrong(path, "no colour for %s", role.name)
		case !colourPattern.MatchString(value):
			r.wrong(path+"."+role.name, "%q is no colour; write it as \"#0b5cad\"", value)
		default:
			var v uint32
			_, _ = fmt.Sscanf(value, "#%x", &v) // the pattern holds
			*role.of(&p) = RGB(v)
		}
	}
	for name := range given {
		if _, ok := p.Role(name); !ok {
			r.wrong(path+"."+name, "no such role")
		}
	}
	if len(r.mistakes) > before {
		return p
	}
	for _, bad := range p.Confused() {
		r.wrong(path+"."+bad.On, "%s", bad)
	}
	for _, faint := range p.Faint() {
		r.advice = append(r.advice, r.say(path+"."+faint.On, faint.String()))
	}
	return p
}

// Confused is a pair of colours that cannot be told apart well enough.
type Confused struct {
	Pair
	Ratio float64
}

func (c Confused) String() string {
	said := fmt.Sprintf("on %s its contrast is %.2f:1; ", c.Under, c.Ratio)
	switch {
	case c.Ratio >= c.Least:
		return said + fmt.Sprintf("%.1f:1 would read more easily", Aim)
	case c.Or != "":
		return said + fmt.Sprintf("at least %.1f:1 is needed, of it or of %s", c.Least, c.Or)
	}
	return said + fmt.Sprintf("at least %.1f:1 is needed", c.Least)
}

// Confused returns the pairs of the palette with too little contrast.
func (p Palette) Confused() []Confused {
	return p.under(func(pair Pair) float64 { return pair.Least })
}

// Faint returns the pairs of text that have the contrast they must have, but not the one they should have.
func (p Palette) Faint() []Confused {
	faint := p.under(func(pair Pair) float64 {
		if pair.Least < Text {
			return 0
		}
		return Aim
	})
	return slices.DeleteFunc(faint, func(c Confused) bool { return c.Ratio < c.Least })
}

// under returns the pairs with less contrast than is asked of them.
func (p Palette) under(asked func(Pair) float64) (pairs []Confused) {
	for _, pair := range Pairs {
		if ratio := p.ratio(pair); ratio < asked(pair) {
			pairs = append(pairs, Confused{pair, ratio})
		}
	}
	return pairs
}

// ratio is the contrast of a pair in the palette.
func (p Palette) ratio(pair Pair) float64 {
	under, _ := p.Role(pair.Under)
	on, _ := p.Role(pair.On)
	ratio := Contrast(on, under)
	if or, has := p.Role(pair.Or); has {
		ratio = max(ratio, Contrast(or, under))
	}
	return ratio
}

func (r *brandReader) logo(b *Brand, f brandFile) {
	if len(f.Logo) == 0 {
		r.wrong("$.logo", "no paths; the field of the logo measures 100 by 100")
	}
	for i, s := range f.Logo {
		at := fmt.Sprintf("$.logo[%d]", i)
		if !pathPattern.MatchString(s.D) {
			r.wrong(at+".d", "not a path of M, L, H, V, C, Q, Z and numbers")
		}
		for key, role := range map[string]string{"fill": s.Fill, "stroke": s.Stroke} {
			if _, known := (Palette{}).Role(role); role != "" && role != "mark" && role != "counter" && !known {
				r.wrong(at+"."+key, "%q is no role of a colour, nor mark or counter", role)
			}
		}
		if s.Fill == "" && s.Stroke == "" {
			r.wrong(at, "neither fill nor stroke")
		}
		b.logo = append(b.logo, shape{s.D, s.Fill, s.Stroke, s.Width})
	}
}

// shown checks that the logo stands out from what it lies on.
func (r *brandReader) shown(b *Brand) {
	for i, grounds := range [][]string{{"paper"}, {"hero-top", "veil"}} {
		hero := i == 1
		if err := b.shows(b.Logo(hero), grounds); err != nil {
			r.wrong("$.logo", "%v", err)
		}
	}
}

// icons checks the pictures of the folder that take the place of icons of the program.
func (r *brandReader) icons(b *Brand) {
	files, err := fs.Glob(r.dir, "*.svg")
	if err != nil {
		panic("theme: " + err.Error()) // the pattern is ours
	}
	for _, file := range files {
		name := strings.TrimSuffix(file, ".svg")
		if !assets.HasIcon(name) {
			continue
		}
		if err := r.drawn(b, name, iconGrounds(name)); err != nil {
			r.mistakes = append(r.mistakes, fmt.Errorf("%s: %w", file, err))
		}
	}
}

// drawn says what is wrong with a picture that lies on grounds of the given roles.
func (r *brandReader) drawn(b *Brand, name string, grounds []string) error {
	source, err := b.Picture(name)
	if err == nil {
		err = CheckSVG(source)
	}
	if err == nil && r.sound {
		err = b.shows(source, grounds)
	}
	return err
}

// shows says what is wrong with a picture in the colours of the brand.
func (b *Brand) shows(svg []byte, grounds []string) error {
	if err := b.Palette.Shows(svg, grounds...); err != nil {
		return err
	}
	if err := b.Contrast.Shows(svg, grounds...); err != nil {
		return fmt.Errorf("in high contrast %w", err)
	}
	return nil
}

// pathPattern is what Fyne's SVG renderer draws without surprises.
var pathPattern = regexp.MustCompile(`^M[MLHVCQZ0-9 .,\-]+$`)

func (r *brandReader) fonts(b *Brand, f brandFile) {
	if (f.Fonts.Regular == "") != (f.Fonts.Bold == "") {
		r.wrong("$.fonts", "both faces are needed, regular and bold, or none")
		return
	}
	read := func(key, name string) []byte {
		data, err := fs.ReadFile(r.dir, name)
		if err == nil {
			var capHeight float64
			if capHeight, err = CheckFont(data); err == nil {
				b.CapHeight = min(b.CapHeight, capHeight)
			}
		}
		if err != nil {
			r.wrong("$.fonts."+key, "%v", err)
		}
		return data
	}
	if f.Fonts.Regular != "" {
		b.CapHeight = 1
		b.Regular, b.Bold = read("regular", f.Fonts.Regular), read("bold", f.Fonts.Bold)
	}
}

func (r *brandReader) picture(path string, b *Brand, name string) {
	if strings.ContainsFunc(name, func(c rune) bool { return c != '-' && !unicode.IsLetter(c) && !unicode.IsDigit(c) }) {
		r.wrong(path, "%q: a picture is called by its name, letters and digits, without .svg", name)
		return
	}
	if err := r.drawn(b, name, []string{"hero-top", "hero-foot"}); err != nil {
		r.wrong(path, "%s.svg: %v", name, err)
	}
}

// Picture returns the SVG of an illustration: the brand's own NAME.svg, or the product's.
func (b *Brand) Picture(name string) ([]byte, error) {
	if own, err := fs.ReadFile(b.dir, name+".svg"); err == nil {
		return own, nil
	}
	if assets.HasIcon(name) {
		return assets.Icon(name), nil
	}
	return nil, fmt.Errorf("no picture %s.svg beside brand.yaml nor in the program", name)
}

// Logo returns the SVG of the logo, with roles for colours; on the attract screen when hero.
func (b *Brand) Logo(hero bool) []byte {
	role := func(name string) string {
		switch {
		case name == "mark" && hero:
			name = "on-hero"
		case name == "mark":
			name = "accent"
		case name == "counter" && hero:
			name = "hero-top"
		case name == "counter":
			name = "on-accent"
		}
		return "var(--" + name + ", #000000)"
	}
	var out strings.Builder
	out.WriteString(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">`)
	for _, s := range b.logo {
		fmt.Fprintf(&out, `<path d="%s"`, s.d)
		if s.fill != "" {
			fmt.Fprintf(&out, ` fill="%s"`, role(s.fill))
		} else {
			out.WriteString(` fill="none"`)
		}
		if s.stroke != "" {
			fmt.Fprintf(&out, ` stroke="%s" stroke-width="%g" stroke-linecap="round" stroke-linejoin="round"`, role(s.stroke), s.width)
		}
		out.WriteString("/>")
	}
	out.WriteString("</svg>")
	return []byte(out.String())
}

// Colours returns the palette to paint with.
func (b *Brand) Colours(highContrast bool) Palette {
	if highContrast {
		return b.Contrast
	}
	return b.Palette
}

func hex(c color.NRGBA) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }
