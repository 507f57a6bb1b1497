package surveys

import "strings"

// Places says where the parts of a survey stand in its source.
type Places struct{ at map[string]place }

// LoadPlaces loads a survey as Load does, and says where its parts stand: who finds fault with a survey that loads can
// name the place.
func LoadPlaces(name string, src []byte) (*Survey, *Places, error) {
	p := &Places{map[string]place{}}
	s, err := load(name, src, p.at)
	if err != nil {
		return nil, nil, err
	}
	return s, p, nil
}

// At returns where the value at a path of keys and of indices from 0 stands, such as
// "/pages/0/questions/2/choices/1/text/ru": line and column from 1, the column in characters. For what the source leaves
// out it is the place of what would hold it; 1, 1 in the end.
func (p *Places) At(path string) (line, column int) {
	for {
		if at, ok := p.at[path]; ok {
			return at.line, at.column
		}
		i := strings.LastIndexByte(path, '/')
		if i < 0 {
			return 1, 1
		}
		path = path[:i]
	}
}
