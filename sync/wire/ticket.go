package wire

import (
	"crypto/sha256"
)

// MaxTickets is how many unused tickets of one survey there can be at a time: more marks than that are not sent. They take
// 18 KB of a configuration, of which a reply carries up to a megabyte.
const MaxTickets = 2000

// TicketMark is what a terminal knows a ticket of a survey by: the first 8 bytes of SHA-256 of "otklik ticket", the survey's
// id and the ticket's ten digits, with a zero byte between them. The marks on a disk do not show the tickets to somebody
// who glances at it, but they are no secret: with so few digits, whoever takes the disk away finds them by trying all.
func TicketMark(survey, ticket string) [8]byte {
	sum := sha256.Sum256([]byte("otklik ticket\x00" + survey + "\x00" + ticket))
	return [8]byte(sum[:8])
}
