package agent

import (
	"encoding/json"
	"errors"
	"fmt"
)

// fileFormat is the version of the agent's own JSON files. Files without one are of programs before it was written, and of
// the same form. A field more does not change it.
const fileFormat = 1

// ErrNewer says that a newer program wrote a file. It is sound, and to be left where it is.
var ErrNewer = errors.New("of a newer program; update the kiosk program")

// marshalFile writes what goes into one of the files: the format, then the fields of v, a struct.
func marshalFile(v any) ([]byte, error) {
	fields, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return nil, err
	}
	return append(fmt.Appendf(nil, "{\n  \"format\": %d,", fileFormat), append(fields[1:], '\n')...), nil
}

// unmarshalFile reads what marshalFile wrote. The error wraps ErrNewer for a format that this program does not know.
func unmarshalFile(data []byte, v any) error {
	var f struct {
		Format int `json:"format"`
	}
	if err := json.Unmarshal(data, &f); err != nil {
		return err
	}
	if f.Format < 0 || f.Format > fileFormat {
		return fmt.Errorf("its format is %d, this program reads %d: %w", f.Format, fileFormat, ErrNewer)
	}
	return json.Unmarshal(data, v)
}
