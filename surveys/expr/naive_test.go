package expr_test

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"

	"otklik/surveys/expr"

	"pgregory.net/rapid"
)

// The naive evaluator keeps every value as the text a paper form would show: "" for empty, a number in decimal, codes with
// spaces between them, a date as 2026-01-31. It shares nothing with the compiled one: a generated expression is a pair of its source and of a
// function.
type generated struct {
	source string
	value  func(form map[string]string) string
	levels int // how binding the outermost operator is; what binds weaker than its surroundings needs parentheses
}

const atom = 9

// in returns the source as an operand that needs at least the level.
func (g generated) in(level int) string {
	if g.levels < level {
		return "(" + g.source + ")"
	}
	return g.source
}

func number(s string) float64 {
	n, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return math.NaN()
	}
	return n
}

func show(n float64) string {
	if math.IsNaN(n) || math.IsInf(n, 0) {
		return ""
	}
	return strconv.FormatFloat(n+0, 'f', -1, 64)
}

func truth(b bool) string { return strconv.FormatBool(b) }

type form = map[string]string

func numbers(depth int) *rapid.Generator[generated] {
	return rapid.Custom(func(t *rapid.T) generated {
		most := 14
		if depth == 0 {
			most = 1
		}
		sub := func(name string) generated { return numbers(depth-1).Draw(t, name) }
		switch rapid.IntRange(0, most).Draw(t, "number") {
		case 0:
			s := strconv.Itoa(rapid.IntRange(0, 11).Draw(t, "literal"))
			return generated{s, func(form) string { return s }, atom}
		case 1:
			name := rapid.SampledFrom([]string{"n", "m"}).Draw(t, "name")
			return generated{"${" + name + "}", func(f form) string { return f[name] }, atom}
		case 2:
			return generated{"count-selected(${sit})", func(f form) string { return strconv.Itoa(len(strings.Fields(f["sit"]))) }, atom}
		case 3:
			a := sub("a")
			return generated{"-" + a.in(8), func(f form) string { return show(-number(a.value(f))) }, 8}
		case 4:
			c, a, b := conditions(depth-1).Draw(t, "c"), sub("a"), sub("b")
			return either("if("+c.source+", "+a.source+","+b.source+")", func(f form) bool { return c.value(f) == "true" }, a, b)
		case 5:
			a, b := sub("a"), sub("b")
			return either("coalesce("+a.source+", "+b.source+")", func(f form) bool { return a.value(f) != "" }, a, b)
		case 6:
			a, b := sub("a"), sub("b")
			sign := rapid.SampledFrom([]string{"+", "-"}).Draw(t, "sign")
			return generated{a.in(5) + " " + sign + " " + b.in(6), func(f form) string {
				x, y := number(a.value(f)), number(b.value(f))
				return show(map[string]float64{"+": x + y, "-": x - y}[sign])
			}, 5}
		case 8:
			return several(t, "sum", depth-1, numbers, func(given []string) string {
				total := 0.0
				for _, s := range given {
					total += number(s)
				}
				return show(total)
			})
		case 9:
			kind := rapid.SampledFrom([]func(int) *rapid.Generator[generated]{numbers, texts, dates}).Draw(t, "kind")
			return several(t, "count", depth-1, kind, func(given []string) string { return strconv.Itoa(len(given)) })
		case 10:
			return extreme(t, depth-1, numbers, func(a, b string) bool { return number(a) < number(b) })
		case 11:
			a, places := sub("a"), rapid.IntRange(-3, 4).Draw(t, "places")
			return generated{fmt.Sprintf("round(%s, %d)", a.source, places), func(f form) string { return roundDecimal(a.value(f), places) }, atom}
		case 12:
			a := sub("a")
			return generated{"int(" + a.source + ")", func(f form) string {
				whole, _, _ := strings.Cut(a.value(f), ".")
				return show(number(whole))
			}, atom}
		case 13:
			a := texts(depth-1).Draw(t, "a")
			if rapid.Bool().Draw(t, "length") {
				return generated{"string-length(" + a.source + ")", func(f form) string { return strconv.Itoa(len([]rune(a.value(f)))) }, atom}
			}
			return generated{"number(" + a.source + ")", func(f form) string {
				s := a.value(f)
				if strings.ContainsAny(s, "xXeEpPnNiI_+") {
					return "" // what Go reads as a number, and a person does not
				}
				return show(number(strings.ReplaceAll(strings.TrimSpace(s), ",", ".")))
			}, atom}
		case 14:
			a, b := dates(depth-1).Draw(t, "a"), dates(depth-1).Draw(t, "b")
			return generated{a.in(5) + " - " + b.in(6), func(f form) string {
				x, y := a.value(f), b.value(f)
				if x == "" || y == "" {
					return ""
				}
				return show(float64((day(x).Unix() - day(y).Unix()) / 86400))
			}, 5}
		default:
			a, b := sub("a"), sub("b")
			sign := rapid.SampledFrom([]string{"*", "div", "mod"}).Draw(t, "sign")
			return generated{a.in(6) + " " + sign + " " + b.in(7), func(f form) string {
				x, y := number(a.value(f)), number(b.value(f))
				return show(map[string]float64{"*": x * y, "div": x / y, "mod": math.Mod(x, y)}[sign])
			}, 6}
		}
	})
}

func either(source string, first func(form) bool, a, b generated) generated {
	return generated{source, func(f form) string {
		if first(f) {
			return a.value(f)
		}
		return b.value(f)
	}, atom}
}

func texts(depth int) *rapid.Generator[generated] {
	return rapid.Custom(func(t *rapid.T) generated {
		most := 6
		if depth == 0 {
			most = 1
		}
		switch rapid.IntRange(0, most).Draw(t, "text") {
		case 0:
			s := rapid.SampledFrom([]string{"", "employer", "да", "it's", "-7,5", "2026-02-28"}).Draw(t, "literal")
			return generated{`"` + s + `"`, func(form) string { return s }, atom}
		case 1:
			return generated{"${t}", func(f form) string { return f["t"] }, atom}
		case 2:
			c, a, b := conditions(depth-1).Draw(t, "c"), texts(depth-1).Draw(t, "a"), texts(depth-1).Draw(t, "b")
			return either("if( "+c.source+","+a.source+", "+b.source+" )", func(f form) bool { return c.value(f) == "true" }, a, b)
		case 3:
			kinds := []func(int) *rapid.Generator[generated]{numbers, texts, dates, conditions}
			a, b := rapid.SampledFrom(kinds).Draw(t, "kind")(depth-1).Draw(t, "a"), rapid.SampledFrom(kinds).Draw(t, "kind")(depth-1).Draw(t, "b")
			return generated{"concat(" + a.source + ", string(" + b.source + "))", func(f form) string { return a.value(f) + b.value(f) }, atom}
		case 4:
			a, from, to := texts(depth-1).Draw(t, "a"), rapid.IntRange(0, 6).Draw(t, "from"), rapid.IntRange(0, 9).Draw(t, "to")
			return generated{fmt.Sprintf("substr(%s, %d, %d)", a.source, from, to), func(f form) string {
				cut := ""
				for i, r := range []rune(a.value(f)) {
					if i >= from && i < to {
						cut += string(r)
					}
				}
				return cut
			}, atom}
		case 5:
			i := numbers(depth-1).Draw(t, "i")
			return generated{"selected-at(${rank}, " + i.source + ")", func(f form) string {
				for n, code := range strings.Fields(f["sit"]) {
					if math.Trunc(number(i.value(f))) == float64(n) {
						return code
					}
				}
				return ""
			}, atom}
		default:
			a, b := texts(depth-1).Draw(t, "a"), texts(depth-1).Draw(t, "b")
			return either("coalesce("+a.source+","+b.source+")", func(f form) bool { return a.value(f) != "" }, a, b)
		}
	})
}

func conditions(depth int) *rapid.Generator[generated] {
	return rapid.Custom(func(t *rapid.T) generated {
		most := 10
		if depth == 0 {
			most = 1
		}
		switch rapid.IntRange(0, most).Draw(t, "condition") {
		case 0:
			b := rapid.Bool().Draw(t, "literal")
			return generated{truth(b) + "()", func(form) string { return truth(b) }, atom}
		case 1:
			code := rapid.SampledFrom([]string{"parent", "veteran", "none"}).Draw(t, "code")
			return generated{"selected(${sit}, '" + code + "')", func(f form) string {
				return truth(strings.Contains(" "+f["sit"]+" ", " "+code+" "))
			}, atom}
		case 2:
			a := conditions(depth-1).Draw(t, "a")
			return generated{"not(" + a.source + ")", func(f form) string { return truth(a.value(f) != "true") }, atom}
		case 3, 4:
			a, b := conditions(depth-1).Draw(t, "a"), conditions(depth-1).Draw(t, "b")
			if rapid.Bool().Draw(t, "or") {
				return generated{a.in(1) + " or " + b.in(2), func(f form) string {
					return truth(strings.Contains(a.value(f)+b.value(f), "true"))
				}, 1}
			}
			return generated{a.in(2) + " and " + b.in(3), func(f form) string {
				return truth(a.value(f)+b.value(f) == "truetrue")
			}, 2}
		case 5:
			a, b := numbers(depth-1).Draw(t, "a"), numbers(depth-1).Draw(t, "b")
			sign := rapid.SampledFrom([]string{"<", "<=", ">", ">="}).Draw(t, "sign")
			return generated{a.in(4) + sign + b.in(5), func(f form) string {
				x, y := number(a.value(f)), number(b.value(f))
				return truth(map[string]bool{"<": x < y, "<=": x <= y, ">": x > y, ">=": x >= y}[sign])
			}, 4}
		case 8:
			a, b := texts(depth-1).Draw(t, "a"), texts(depth-1).Draw(t, "b")
			if rapid.Bool().Draw(t, "start") {
				return generated{"starts-with(" + a.source + "," + b.source + ")", func(f form) string {
					return truth(strings.Index(a.value(f), b.value(f)) == 0)
				}, atom}
			}
			return generated{"contains(" + a.source + "," + b.source + ")", func(f form) string {
				return truth(len(strings.Split(a.value(f), b.value(f))) > 1 || b.value(f) == "")
			}, atom}
		case 9:
			a := texts(depth-1).Draw(t, "a")
			if rapid.Bool().Draw(t, "letters") {
				return generated{"regex(" + a.source + ", '[а-я]*')", func(f form) string {
					return truth(strings.Trim(a.value(f), "абвгдежзийклмнопрстуфхцчшщъыьэюя") == "")
				}, atom}
			}
			return generated{"regex(" + a.source + ", 'да|.{3}')", func(f form) string {
				return truth(a.value(f) == "да" || len([]rune(a.value(f))) == 3)
			}, atom}
		case 10:
			a, b := dates(depth-1).Draw(t, "a"), dates(depth-1).Draw(t, "b")
			return generated{a.in(4) + " > " + b.in(5), func(f form) string {
				return truth(a.value(f) != "" && b.value(f) != "" && a.value(f) > b.value(f))
			}, 4}
		default:
			kind := rapid.SampledFrom([]func(int) *rapid.Generator[generated]{numbers, texts, conditions, dates}).Draw(t, "kind")
			a, b := kind(depth-1).Draw(t, "a"), kind(depth-1).Draw(t, "b")
			sign := rapid.SampledFrom([]string{"=", "!="}).Draw(t, "sign")
			return generated{a.in(3) + " " + sign + b.in(4), func(f form) string {
				return truth((a.value(f) == b.value(f)) == (sign == "="))
			}, 3}
		}
	})
}

// TestCompiledAgreesWithNaive draws expressions and answers and evaluates them both ways. Minus zero is the one number that
// two decimals can differ on, so show adds zero to it.
func TestCompiledAgreesWithNaive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kinds := []func(int) *rapid.Generator[generated]{conditions, numbers, texts, dates}
		g := rapid.SampledFrom(kinds).Draw(t, "kind")(4).Draw(t, "expression")
		p, err := expr.Compile(g.source, expr.Any, scope)
		if err != nil {
			t.Fatalf("%s: %v", g.source, err)
		}
		for i := range 5 {
			answers := form{}
			values := make([]expr.Value, 12)
			for slot, name := range []string{"n", "m"} {
				if rapid.Bool().Draw(t, fmt.Sprint(name, i)) {
					n := rapid.IntRange(0, 10).Draw(t, name)
					answers[name], values[slot] = strconv.Itoa(n), expr.Num(float64(n))
				}
			}
			answers["t"] = rapid.SampledFrom([]string{"", "да", "employer"}).Draw(t, "t")
			values[2] = expr.Str(answers["t"])
			codes := rapid.SliceOfDistinct(rapid.SampledFrom([]string{"parent", "veteran", "none"}), rapid.ID[string]).Draw(t, "sit")
			answers["sit"], values[5], values[11] = strings.Join(codes, " "), expr.List(codes), expr.List(codes) // ${rank}, too
			answers["d"] = rapid.SampledFrom([]string{"", "2026-01-31", "2024-02-29", "1969-12-31", "9999-12-31", "0001-01-01"}).Draw(t, "d")
			values[6] = expr.DateOf(answers["d"])
			env := &expr.Env{Values: values, Now: clock}
			if got, want := p.Eval(env).String(), g.value(answers); got != want {
				t.Fatalf("%s with %v is %s, naively %s", g.source, answers, got, want)
			}
		}
	})
}
