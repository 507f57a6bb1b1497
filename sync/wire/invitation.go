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
// It is a secret, as the code in it is.
type Invitation struct {
	Address string // the collector's scheme and host
	Code    Code
}

const invitationMark = "otklik1"

// invitationMarkRussian is what a scanner that poses as a keyboard writes while the Russian layout is on.
const invitationMarkRussian = "щелдшл1"

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
	return strings.ToUpper(invitationMark) + " " + i.Address + " " + i.Code.String()
}

// ParseInvitation reads an invitation, in any case, also as it arrives from a scanner while the Russian layout or Caps Lock
// is on. What stands before it is passed over. The address is not checked. Errors wrap ErrInvitation, or ErrCode for an
// invitation with a damaged code.
func ParseInvitation(text string) (Invitation, error) {
	text = strings.ToLower(text)
	if at := strings.LastIndex(text, invitationMarkRussian); at >= 0 {
		text = latinKeys.Replace(text[at:])
	}
	at := strings.LastIndex(text, invitationMark)
	if at < 0 {
		return Invitation{}, fmt.Errorf("wire: %w: it has no %s", ErrInvitation, strings.ToUpper(invitationMark))
	}
	fields := strings.Fields(text[at+len(invitationMark):])
	if len(fields) < 2 {
		return Invitation{}, fmt.Errorf("wire: %w: an address and a code are needed", ErrInvitation)
	}
	code, err := ParseCode(strings.Join(fields[1:], ""))
	return Invitation{Address: fields[0], Code: code}, err
}
