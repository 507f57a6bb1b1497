package surveys

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
)

// TicketDigits is how many digits a ticket has: nine that were drawn and a check digit.
const TicketDigits = 10

// What can be wrong with a ticket as somebody typed it; compare with errors.Is.
var (
	// ErrTicketForm says that it has not ten digits, or something that is no digit.
	ErrTicketForm = errors.New("a ticket has 10 digits")
	// ErrTicketDigit says that its check digit does not fit: a digit is mistyped, or two neighbours are swapped.
	ErrTicketDigit = errors.New("a digit of the ticket is wrong, or two are swapped")
)

// CheckTicket returns a ticket as it is kept, ten digits, from what somebody typed: white space and dashes count for
// nothing. The error wraps ErrTicketForm or ErrTicketDigit; it does not repeat the ticket. Whether it was ever issued is
// not asked.
func CheckTicket(text string) (ticket string, err error) {
	digits := make([]byte, 0, TicketDigits)
	for _, r := range text {
		switch {
		case unicode.IsSpace(r) || unicode.Is(unicode.Pd, r):
		case r < '0' || r > '9':
			return "", fmt.Errorf("%w: %.4q is none", ErrTicketForm, string(r))
		case len(digits) == TicketDigits:
			return "", fmt.Errorf("%w; there are more", ErrTicketForm)
		default:
			digits = append(digits, byte(r))
		}
	}
	if len(digits) < TicketDigits {
		return "", fmt.Errorf("%w; there are %d", ErrTicketForm, len(digits))
	}
	if damm(string(digits)) != 0 {
		return "", ErrTicketDigit
	}
	return string(digits), nil
}

// Ticket returns the ticket of nine digits: themselves and their check digit. Anything else is an ErrTicketForm.
func Ticket(digits string) (string, error) {
	if len(digits) != TicketDigits-1 || strings.Trim(digits, "0123456789") != "" {
		return "", fmt.Errorf("%w, the last of which is computed from the nine before", ErrTicketForm)
	}
	return digits + string('0'+rune(damm(digits))), nil
}

// FormatTicket writes a ticket as people read it out and type it, in groups as of a telephone number: 123 456 7890. The
// spaces do not break. What is no ticket comes back as it is.
func FormatTicket(ticket string) string {
	if len(ticket) != TicketDigits {
		return ticket
	}
	const space = "\u00a0"
	return ticket[:3] + space + ticket[3:6] + space + ticket[6:]
}

// dammTable is a totally anti-symmetric quasigroup of order 10 (H. M. Damm, Total anti-symmetrische Quasigruppen,
// Marburg 2004). Its diagonal is zero, so a number with its check digit comes to zero.
var dammTable = [10]string{
	"0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
	"3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
}

// damm is the check digit of Damm's algorithm. Unlike Luhn's it finds every mistyped digit and every swap of two
// neighbours, 09 and 90 as well, and needs no eleventh sign as ISO 7064 MOD 11-2 does.
func damm(digits string) (check int) {
	for _, d := range digits {
		check = int(dammTable[check][d-'0'] - '0')
	}
	return check
}

// checkTicket reports whether a response has the ticket that the survey wants: nil, or what is wrong.
func (s *Survey) checkTicket(ticket string) error {
	wanted := s.Test != nil && s.Test.Tickets
	switch {
	case wanted && ticket == "":
		return fmt.Errorf("response has no ticket, and survey %s is taken by ticket", s.ID)
	case !wanted && ticket != "":
		return fmt.Errorf("response has a ticket, and survey %s number %d is not taken by ticket", s.ID, s.Number)
	case !wanted:
		return nil
	}
	if plain, err := CheckTicket(ticket); err != nil || plain != ticket {
		return fmt.Errorf("response has a ticket that is none: %w", errors.Join(err, ErrTicketForm))
	}
	return nil
}
