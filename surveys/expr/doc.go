// Package expr is the logic language of surveys: relevance, audiences, constraints, defaults and calculations. It is a
// subset of XLSForm's expressions, compiled and type-checked against a Scope when a survey is loaded, so that a misspelt
// name, a misspelt choice or a wrong type is an error there and never on the glass.
//
// # Operators
//
// What may be written, binding weakest first:
//
//	a or b    a and b                 conditions
//	a = b     a != b                  two values of one type; a multiple choice can be compared with '' only
//	a < b     a <= b   a > b  a >= b  two numbers, two dates or two times of day
//	a + b     a - b                   numbers; a date + days, a date - days, a date - a date (days)
//	a * b     a div b  a mod b        numbers; mod takes the sign of a
//	-a                                a number
//	${name}   .   'text'   "text"   12.5   (a)
//
// The dot is the question's own value: the answer under a constraint, the earlier value of a calculation. WithOwn gives
// it; elsewhere it is an error.
//
// # Functions
//
// Here text? is a text, or a number, a date or a time that is turned into one as string does it; number? is a number, or
// anything that number takes; x… is one or more; [x] may be left out.
//
//	function                        result     semantics; with empty values
//	true()  false()                 condition
//	not(condition)                  condition  the contrary
//	if(condition, a, b)             as a, b    a when the condition holds, else b, which have one type
//	coalesce(a, b)                  as a, b    a when it is not empty, else b
//	once(a)                         as a       coalesce(., a): what a gave first, and from then on kept
//	selected(question, text)        condition  whether the choice was taken; false for '' and for no answer
//	count-selected(multiple)        number     how many choices were taken; 0 for no answer
//	selected-at(multiple, number)   text       the choice at a 0-based place; '' beyond either end
//	regex(text?, 'pattern')         condition  whether the whole text matches an RE2 pattern, written as a literal
//	contains(text?, text?)          condition  every text contains ''
//	starts-with(text?, text?)       condition  every text starts with ''
//	string-length(text?)            number     characters (runes); 0 for empty
//	substr(text?, from, [to])       text       characters from a 0-based place to before another one, or to the end;
//	                                           negative places count from the end; '' when a place is empty
//	concat(anything…)               text       one after the other, as string; empty ones are ''
//	string(anything)                text       see below; '' for empty
//	number(anything but choices)    number     see below; empty for a text that is no number
//	int(number?)                    number     the digits after the point cut off: int(-2.5) is -2
//	round(number?, [places])        number     halves go up, towards +∞: round(2.5) is 3, round(-2.5) is -2; places, -30 to
//	                                           30, count decimal digits after the point, or before it when negative
//	min(a…)  max(a…)                as a       numbers, dates or times of one type; empty ones are left out; empty when all are
//	sum(number…)                    number     empty ones are left out; 0 when all are
//	count(anything…)                number     how many are not empty; conditions, which never are, are refused
//	today()                         date       the day of Env.Now, in its zone
//	now()                           moment     Env.Now to the second, on its zone's wall clock
//	date(text, number or date)      date       of '2026-01-31' (a time after a T is cut off), of days since 1970-01-01, or of
//	                                           a moment; empty for a text that is no date. A literal must be a date
//
// # Empty values
//
// An unanswered question is empty, as in XLSForm: the empty text, written as two quotes, which stands for the empty
// number, date and time too. Two empty values are equal; an empty one equals no other, is neither less nor greater than
// anything, and makes every sum, difference, product and rounding it enters empty. A result that is no finite number, such
// as 1 div 0, is empty too, and so is a date before the year 1 or after the year 9999. A condition is never empty: it is
// false. So evaluation is total: every compiled Program has a result for all values of its variables.
//
// # Conversions
//
// string prints a number in decimal, as short as it can be without becoming another number: no exponent, no trailing
// zeros, no point in whole ones (3, -0.5, 1000000); a date as 2026-01-31, a time of day as 14:05 (14:05:09 when it has
// seconds), a moment as 2026-01-31T14:05:09, a multiple choice as its codes with spaces between them, a condition as true
// or false.
//
// number reads a text of digits with at most one point or comma, with a minus and white space around allowed; a condition is 1
// or 0, a date its days since 1970-01-01, a moment the same with the fraction of the day, a time of day its fraction of
// the day.
//
// Dates count whole days: what is added to one is rounded down to them. Where a date meets a moment it stands for its
// midnight. Moments are wall-clock times without a zone: a day is 24 hours to them.
package expr
