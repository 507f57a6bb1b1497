package wire

import (
	"errors"
	"fmt"
	"strings"
)

// Invitation is all that a machine needs to become a terminal. As a text, which is also what its QR code holds, it is
//
//	OTKLIK1 https://feedback.example.org 7K3M-XXXX-XXXX-XXXX-XXXX-XXXX
//
// and where the machine has to be told of a certificate authority, so that a program which does not know of that takes it for
// none at all:
//
//	OTKLIK2 https://feedback.example.org 9f86d0…0a08 7K3M-XXXX-XXXX-XXXX-XXXX-XXXX
//
// It is a secret, as the code in it is.
type Invitation struct {
	Address string // the collector's scheme and host
	Code    Code
	// Authority is the SHA-256 of the one certificate that the collector's has to go back to; zero for any that the machine
	// trusts. The certificate itself is at PathAuthority.
	Authority Hash
}

// The marks that an invitation begins with, and what a scanner that poses as a keyboard writes for them while the Russian
// layout is on; each is followed by the number of the form.
const (
	invitationMark        = "otklik"
	invitationMarkRussian = "щелдшл"

	invitationPlain     = "1" // address, code
	invitationAuthority = "2" // address, authority, code
)

// latinKeys are the keys of addresses and codes by what the Russian layout has on them, in small letters: a colon is the
// shifted ж.
var latinKeys = strings.NewReplacer(
	"й", "q", "ц", "w", "у", "e", "к", "r", "е", "t", "н", "y", "г", "u", "ш", "i", "щ", "o", "з", "p", "х", "[", "ъ", "]",
	"ф", "a", "ы", "s", "в", "d", "а", "f", "п", "g", "р", "h", "о", "j", "л", "k", "д", "l", "ж", ":",
	"я", "z", "ч", "x", "с", "c", "м", "v", "и", "b", "т", "n", "ь", "m", "ю", ".", ".", "/",
)

// ErrInvitation says that a text is no invitation.
var ErrInvitation = errors.New("not an invitation")

// String writes the invitation as one line.
func (i Invitation) String() string {
	mark := strings.ToUpper(invitationMark)
	if i.Authority != (Hash{}) {
		return mark + invitationAuthority + " " + i.Address + " " + i.Authority.String() + " " + i.Code.String()
	}
	return mark + invitationPlain + " " + i.Address + " " + i.Code.String()
}

// ParseInvitation reads an invitation, in any case, also as it arrives from a scanner while the Russian layout or Caps Lock
// is on. What stands before it is passed over. The address is not checked. Errors wrap ErrInvitation, or ErrCode for an
// invitation with a damaged code.
func ParseInvitation(text string) (Invitation, error) {
	text = strings.ToLower(text)
	if strings.Contains(text, invitationMarkRussian) {
		text = latinKeys.Replace(text)
	}
	fields, form := lastInvitation(text)
	if len(fields) < 2 {
		return Invitation{}, fmt.Errorf("wire: %w: an address and a code are needed", ErrInvitation)
	}
	i, typed := Invitation{Address: fields[0]}, fields[1:]
	if form == invitationAuthority {
		if i.Authority.UnmarshalText([]byte(typed[0])) != nil || i.Authority == (Hash{}) {
			return Invitation{}, fmt.Errorf("wire: %w: %.70q is not the SHA-256 of a certificate", ErrInvitation, typed[0])
		}
		typed = typed[1:]
	}
	code, err := ParseCode(strings.Join(typed, ""))
	i.Code = code
	return i, err
}

// lastInvitation returns what comes after the last mark in a text, and the form it says; nothing when there is none. A mark is
// one only before an address: a host may be called like it.
func lastInvitation(text string) (fields []string, form string) {
	for end := len(text); end > 0; {
		at := strings.LastIndex(text[:end], invitationMark)
		if at < 0 {
			break
		}
		end = at
		for _, f := range []string{invitationPlain, invitationAuthority} {
			after, ok := strings.CutPrefix(text[at+len(invitationMark):], f)
			fields := strings.Fields(after)
			if ok && len(fields) > 0 && !strings.HasPrefix(after, fields[0]) && strings.Contains(fields[0], "://") {
				return fields, f
			}
		}
	}
	return nil, ""
}
