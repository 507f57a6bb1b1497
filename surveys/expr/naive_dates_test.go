package expr_test

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"

	"pgregory.net/rapid"
)

// day reads a date of a paper form.
func day(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

// dates draws expressions that give a date.
func dates(depth int) *rapid.Generator[generated] {
	return rapid.Custom(func(t *rapid.T) generated {
		most := 8
		if depth == 0 {
			most = 2
		}
		switch rapid.IntRange(0, most).Draw(t, "date") {
		case 0:
			name := rapid.SampledFrom([]string{"d", "e"}).Draw(t, "name")
			return generated{"${" + name + "}", func(f form) string { return f[name] }, atom}
		case 1:
			s := rapid.SampledFrom([]string{"", "2026-02-28", "2023-12-31"}).Draw(t, "literal")
			return generated{"date('" + s + "')", func(form) string { return s }, atom}
		case 2:
			return generated{"today()", func(form) string { return "2026-02-01" }, atom}
		case 3:
			a, n := dates(depth-1).Draw(t, "a"), numbers(depth-1).Draw(t, "n")
			sign := rapid.SampledFrom([]string{"+", "-"}).Draw(t, "sign")
			return generated{a.in(5) + sign + n.in(6), func(f form) string {
				days := number(n.value(f))
				if sign == "-" {
					days = -days
				}
				return later(a.value(f), days)
			}, 5}
		case 4:
			n := numbers(depth-1).Draw(t, "n")
			return generated{"date(" + n.source + ")", func(f form) string { return later("1970-01-01", number(n.value(f))) }, atom}
		case 5:
			a := texts(depth-1).Draw(t, "a")
			if a.source[0] == '"' {
				return generated{"date(concat(" + a.source + "))", func(f form) string { return readable(a.value(f)) }, atom}
			}
			return generated{"date(" + a.source + ")", func(f form) string { return readable(a.value(f)) }, atom}
		case 6:
			return extreme(t, depth-1, dates, func(a, b string) bool { return a < b })
		case 7:
			c, a, b := conditions(depth-1).Draw(t, "c"), dates(depth-1).Draw(t, "a"), dates(depth-1).Draw(t, "b")
			return either("if("+c.source+","+a.source+","+b.source+")", func(f form) bool { return c.value(f) == "true" }, a, b)
		default:
			a, b := dates(depth-1).Draw(t, "a"), dates(depth-1).Draw(t, "b")
			return either("coalesce("+a.source+","+b.source+")", func(f form) bool { return a.value(f) != "" }, a, b)
		}
	})
}

// readable returns s when it is a date.
func readable(s string) string {
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		return ""
	}
	return s
}

// later returns the date some days after another one, counted in whole days down.
func later(date string, days float64) string {
	if date == "" || math.IsNaN(days) || math.Abs(days) > 1e7 {
		return ""
	}
	t := day(date).AddDate(0, 0, int(math.Floor(days)))
	if t.Year() < 1 || t.Year() > 9999 {
		return ""
	}
	return t.Format(time.DateOnly)
}

// several draws a call with one to three arguments; value makes its result of those that are not empty.
func several(t *rapid.T, name string, depth int, kind func(int) *rapid.Generator[generated], value func([]string) string) generated {
	args := rapid.SliceOfN(kind(depth), 1, 3).Draw(t, "args")
	var sources []string
	for _, a := range args {
		sources = append(sources, a.source)
	}
	return generated{name + "(" + strings.Join(sources, ", ") + ")", func(f form) string {
		var given []string
		for _, a := range args {
			if s := a.value(f); s != "" {
				given = append(given, s)
			}
		}
		return value(given)
	}, atom}
}

// extreme draws a min or a max.
func extreme(t *rapid.T, depth int, kind func(int) *rapid.Generator[generated], less func(a, b string) bool) generated {
	name := rapid.SampledFrom([]string{"min", "max"}).Draw(t, "extreme")
	return several(t, name, depth, kind, func(given []string) string {
		best := ""
		for _, s := range given {
			if best == "" || name == "min" && less(s, best) || name == "max" && less(best, s) {
				best = s
			}
		}
		return best
	})
}

// roundDecimal rounds a decimal number as on paper: the floor of what is half a unit of the last place larger.
func roundDecimal(s string, places int) string {
	x, ok := new(big.Rat).SetString(s)
	if !ok {
		return ""
	}
	unit := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(places, -places))), nil))
	if places > 0 {
		unit.Inv(unit)
	}
	x.Quo(x, unit).Add(x, big.NewRat(1, 2))
	whole := new(big.Int).Div(x.Num(), x.Denom()) // Euclidean: down, since the denominator is positive
	x.Mul(new(big.Rat).SetInt(whole), unit)
	n, err := strconv.ParseFloat(x.FloatString(max(places, 0)), 64)
	if err != nil {
		return ""
	}
	return show(n)
}
