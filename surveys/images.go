package surveys

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // the formats a picture can have
	_ "image/png"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"
)

// The pictures of a survey travel inside of its source, so that a published version is one text whose hash covers them.
// They are its last section, a line each, which is no work for the YAML parser:
//
//	images:
//	  ticket.png: iVBORw0KGgo…

// imagesLine begins the section.
const imagesLine = "images:"

// Bounds of pictures: bytes of a file, of all files of a survey, and pixels of a side, since a few bytes can unpack into
// a picture that fills the memory of a terminal.
const (
	MaxImageBytes  = 96 << 10
	MaxImagesBytes = 512 << 10
	maxImageSide   = 2000
)

const packedForm = "the last section of the file, a line for each picture, as collector survey publish writes it"

// named is where a choice names a file.
type named struct {
	file string
	at   place
}

// isImageFile reports whether an image is a file beside the survey, not the name of an icon.
func isImageFile(name string) bool { return strings.Contains(name, ".") }

// ImageFiles returns the files that the survey's questions and choices name as pictures, sorted.
func (s *Survey) ImageFiles() []string {
	var files []string
	for _, n := range s.files {
		if !slices.Contains(files, n.file) {
			files = append(files, n.file)
		}
	}
	slices.Sort(files)
	return files
}

// Pack returns the source of a survey with the files that it names as pictures inside: what is published. beside is the
// folder that the survey's file lies in; nil for a source that comes without one and must have its pictures inside. A
// source that has them already comes back as it is. The error is always of the type Problems.
func Pack(name string, source []byte, beside fs.FS) ([]byte, error) {
	s, err := Load(name, source)
	if err != nil {
		return nil, err
	}
	r := &reader{file: name}
	images, at := map[string][]byte{}, map[string]place{}
	for _, n := range s.files {
		if _, again := at[n.file]; again {
			continue
		}
		if at[n.file] = n.at; s.Images[n.file] != nil {
			continue
		}
		data, err := readImage(beside, n.file)
		if err != nil {
			r.problem(n.at, err.Error(), "a PNG or JPEG picture beside the survey's file")
			continue
		}
		images[n.file] = data
	}
	all := maps.Clone(images)
	maps.Copy(all, s.Images)
	for _, file := range slices.Sorted(maps.Keys(all)) {
		if !r.checkImage(at[file], file, all[file]) {
			continue // to open it would take as much memory as it says it needs
		}
		if _, _, err := image.Decode(bytes.NewReader(all[file])); err != nil {
			r.problem(at[file], fmt.Sprintf("the picture %s is damaged: %v", file, err), "a picture that opens in other programs")
		}
	}
	if n := total(all); n > MaxImagesBytes && len(s.files) > 0 {
		r.problem(s.files[0].at, fmt.Sprintf("the pictures have %d bytes together", n), fmt.Sprintf("at most %d", MaxImagesBytes))
	}
	if len(r.problems) > 0 {
		return nil, r.problems.sorted()
	}
	if len(images) == 0 {
		return source, nil
	}
	var packed bytes.Buffer
	packed.Write(bytes.TrimRight(source, "\n"))
	packed.WriteString("\n" + imagesLine + "\n")
	for _, file := range slices.Sorted(maps.Keys(images)) {
		fmt.Fprintf(&packed, "  %s: %s\n", file, base64.StdEncoding.EncodeToString(images[file]))
	}
	if _, err := Load(name, packed.Bytes()); err != nil {
		return nil, err
	}
	return packed.Bytes(), nil
}

// readImage reads a file that lies beside the survey, but no more of it than a picture can have.
func readImage(beside fs.FS, file string) ([]byte, error) {
	if beside == nil {
		return nil, fmt.Errorf("the picture %s is not in the survey", file)
	}
	f, err := beside.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no file %s beside the survey", file)
	}
	if err != nil {
		return nil, fmt.Errorf("the picture %s cannot be read: %w", file, err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, MaxImageBytes+1))
	if err != nil {
		return nil, fmt.Errorf("the picture %s cannot be read: %w", file, err)
	}
	return data, nil
}

// imageFormats are the formats by the ending of a file's name.
var imageFormats = map[string]string{".png": "png", ".jpg": "jpeg"}

// checkImage reports what makes a picture unfit for a terminal, and whether nothing does. It reads the picture's header only.
func (r *reader) checkImage(at place, file string, data []byte) (fit bool) {
	if len(data) > MaxImageBytes {
		r.problem(at, fmt.Sprintf("the picture %s is too large", file), fmt.Sprintf("at most %d bytes", MaxImageBytes))
		return false
	}
	size, format, err := image.DecodeConfig(bytes.NewReader(data))
	switch want := imageFormats[file[strings.LastIndexByte(file, '.'):]]; {
	case want == "":
		r.problem(at, fmt.Sprintf("the picture %s is neither PNG nor JPEG", file), "a name that ends in .png or .jpg")
	case err != nil:
		r.problem(at, fmt.Sprintf("the picture %s cannot be read: %v", file, err), "a PNG or JPEG picture")
	case format != want:
		r.problem(at, fmt.Sprintf("the picture %s is %s inside", file, strings.ToUpper(format)), "the name to end as the format does")
	case size.Width > maxImageSide || size.Height > maxImageSide || size.Width < 1 || size.Height < 1:
		r.problem(at, fmt.Sprintf("the picture %s has %d × %d pixels", file, size.Width, size.Height),
			fmt.Sprintf("at most %d × %d", maxImageSide, maxImageSide))
	default:
		return true
	}
	return false
}

func total(images map[string][]byte) (n int) {
	for _, data := range images {
		n += len(data)
	}
	return n
}

// section is the section of pictures as it stands in a source.
type section struct {
	line int // of its first line, 0 for no section
	text []byte
}

// cutImages takes the section of pictures off a source.
func cutImages(src []byte) (rest []byte, s section) {
	at := 0
	if !bytes.HasPrefix(src, []byte(imagesLine)) {
		if at = bytes.Index(src, []byte("\n"+imagesLine)) + 1; at == 0 {
			return src, section{}
		}
	}
	return src[:at], section{1 + bytes.Count(src[:at], []byte("\n")), src[at:]}
}

// images reads the section of pictures, which has those that the choices name and no other.
func (l *loader) images(s section) {
	if s.line == 0 {
		return
	}
	images, first := map[string][]byte{}, place{s.line, 1}
	for i, line := range strings.Split(strings.TrimRight(string(s.text), "\r\n"), "\n") {
		line = strings.TrimRight(line, "\r")
		at := place{s.line + i, 3}
		file, data, ok := strings.Cut(strings.TrimPrefix(line, "  "), ": ")
		switch {
		case i == 0 && line == imagesLine:
		case i == 0:
			l.problem(first, fmt.Sprintf("the section of pictures begins with %.40q", line), packedForm)
			return
		case !ok || !strings.HasPrefix(line, "  ") || !imageShape.MatchString(file) || !isImageFile(file):
			l.problem(place{s.line + i, 1}, fmt.Sprintf("%.40q is no line of a picture", line), packedForm)
		case images[file] != nil:
			l.problem(at, fmt.Sprintf("the picture %s stands twice", file), "")
		case !slices.ContainsFunc(l.survey.files, func(n named) bool { return n.file == file }):
			l.problem(at, fmt.Sprintf("nothing shows the picture %s", file), "the pictures of the questions and choices only")
		default:
			picture, err := base64.StdEncoding.Strict().DecodeString(data)
			if err != nil {
				l.problem(at, fmt.Sprintf("the picture %s is damaged: %v", file, err), packedForm)
				picture = []byte{}
			} else {
				l.checkImage(at, file, picture)
			}
			images[file] = picture
		}
	}
	if n := total(images); n > MaxImagesBytes {
		l.problem(first, fmt.Sprintf("the pictures have %d bytes together", n), fmt.Sprintf("at most %d", MaxImagesBytes))
	}
	for _, n := range l.survey.files {
		if images[n.file] == nil {
			l.problem(n.at, fmt.Sprintf("the picture %s is not among the survey's images", n.file),
				"all of its pictures, or no section images: publishing fills it from the files beside the survey")
		}
	}
	l.survey.Images = images
}
