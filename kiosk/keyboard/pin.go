package keyboard

// Pads of IT staff: the digits of a PIN, and what addresses and codes of enrolment are written with.
const (
	PinPad     = "pin"
	AddressPad = "address"
)

func init() {
	pin := layouts[NumberPad]
	pin.Name, pin.Rows[3] = PinPad, []Key{{Rune: '0', Width: 2}, {Action: Backspace, Width: 1}}
	layouts[PinPad] = pin
	address := Layout{Name: AddressPad, Columns: 11}
	for i, row := range []string{"1234567890#", "qwertyuiop-", "asdfghjkl:/", "zxcvbnm._"} {
		for _, r := range row {
			address.Rows[i] = append(address.Rows[i], Key{Rune: r, Width: 1})
		}
	}
	address.Rows[3] = append(address.Rows[3], Key{Action: Backspace, Width: 2})
	layouts[AddressPad] = address
}
