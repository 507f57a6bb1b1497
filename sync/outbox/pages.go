package outbox

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"slices"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// What bbolt writes into a page: a header, then as many elements as it says, then keys and values.
const (
	pageHead    = 16 // id uint64, flags uint16, count uint16, overflow uint32
	elementSize = 16 // leaf: flags, pos, key size, value size uint32; branch: pos, key size uint32, page uint64
	metaSize    = 64

	branchPage   = 0x01
	leafPage     = 0x02
	freelistPage = 0x10
	bucketFlag   = 0x01 // of a leaf's element: its value is a bucket
	bucketHead   = 16   // root uint64, sequence uint64; root 0 when the bucket's page follows in the value

	metaMagic  = 0xED0CDAED
	noFreelist = ^uint64(0)
	minPage    = 512
	maxPage    = 64 << 10
	maxDepth   = 32
)

// pages reads the structure of a bbolt file without mapping it. bbolt trusts what its pages say of each other: a page
// number that is wrong makes it read outside the file, walk in a circle, or ask for all the memory there is, and it checks
// a file in a goroutine of its own, where nobody can catch that. So a file is walked here before bbolt gets to see it.
type pages struct {
	file io.ReaderAt
	size uint64 // of a page
	high uint64 // pages from here on are not in use
	used pageSet
	// room has for each depth what the page that was last looked at there was read into.
	room [maxDepth + 1][]byte
}

// pageSet is a set of pages, a bit for each that a file can have: a file of a gigabyte has a quarter of a million.
type pageSet struct {
	bits  []uint64
	count uint64
}

func newPageSet(high uint64) pageSet { return pageSet{bits: make([]uint64, high/64+1)} }

func (s *pageSet) has(id uint64) bool { return s.bits[id/64]&(1<<(id%64)) != 0 }

// add takes in a page that is not in it.
func (s *pageSet) add(id uint64) {
	s.bits[id/64] |= 1 << (id % 64)
	s.count++
}

// checkPages reports what is wrong with the structure of the file at path; the caller makes sure that nobody writes it.
func checkPages(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	return walkFile(f, uint64(info.Size()))
}

// walkFile is checkPages for a file of a size. An error of reading is passed on and says nothing of the file.
func walkFile(file io.ReaderAt, size uint64) error {
	p := &pages{file: file}
	root, freelist, err := p.meta(size)
	if err != nil {
		return err
	}
	p.used = newPageSet(p.high)
	p.used.add(0)
	p.used.add(1)
	if root == 0 {
		return fmt.Errorf("%w: the file has no root page", ErrDamaged)
	}
	if err := p.walk(root, 0, span{}); err != nil || freelist == noFreelist {
		return err
	}
	return p.free(freelist)
}

// read fills b. A file that ends before is damaged; a disk that does not give what it holds is another trouble.
func (p *pages) read(b []byte, at uint64) error {
	_, err := p.file.ReadAt(b, int64(at))
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: it ends before byte %d", ErrDamaged, at+uint64(len(b)))
	}
	return err
}

// meta reads the pages 0 and 1, of which bbolt goes by the newer one, and by the older where that is not sound. Here both
// must be: what a commit changes of such a page lies in one sector, which a power cut leaves as it was or as it was to be,
// so that one is never unsound unless the disk is. By the older one alone the answers of the last commit would be gone, and
// their seqs given out again, without a word.
func (p *pages) meta(fileSize uint64) (root, freelist uint64, err error) {
	first, err := p.metaAt(0)
	if err != nil {
		return 0, 0, err
	}
	p.size = uint64(binary.NativeEndian.Uint32(first[8:]))
	second, err := p.metaAt(p.size)
	if err != nil {
		return 0, 0, err
	}
	commit := func(m []byte) uint64 { return binary.NativeEndian.Uint64(m[48:]) }
	newest := first
	if commit(second) > commit(first) {
		newest = second
	}
	if a, b := commit(first), commit(second); a != b+1 && b != a+1 {
		return 0, 0, fmt.Errorf("%w: its two first pages are of the commits %d and %d, which do not follow each other", ErrDamaged, a, b)
	}
	root, freelist, p.high = binary.NativeEndian.Uint64(newest[16:]), binary.NativeEndian.Uint64(newest[32:]), binary.NativeEndian.Uint64(newest[40:])
	if p.high > fileSize/p.size {
		return 0, 0, fmt.Errorf("%w: it ends at %d bytes, its pages go up to %d", ErrDamaged, fileSize, p.high*p.size)
	}
	return root, freelist, nil
}

// metaAt is what one of the two first pages says.
func (p *pages) metaAt(at uint64) ([]byte, error) {
	b := make([]byte, pageHead+metaSize)
	if err := p.read(b, at); err != nil {
		return nil, err
	}
	m := b[pageHead:]
	sum := fnv.New64a()
	sum.Write(m[:56])
	size := uint64(binary.NativeEndian.Uint32(m[8:]))
	if binary.NativeEndian.Uint32(m) != metaMagic || binary.NativeEndian.Uint64(m[56:]) != sum.Sum64() ||
		size < minPage || size > maxPage {
		return nil, fmt.Errorf("%w: its page at byte %d, which says where everything is, is not sound", ErrDamaged, at)
	}
	return m, nil
}

// page reads a page with its overflow, and holds it to its header. What it returns stands until the next page of the same
// depth is read.
func (p *pages) page(id uint64, depth int) ([]byte, error) {
	if id < 2 || id >= p.high {
		return nil, fmt.Errorf("%w: page %d of %d is spoken of", ErrDamaged, id, p.high)
	}
	head := make([]byte, pageHead)
	if err := p.read(head, id*p.size); err != nil {
		return nil, fmt.Errorf("page %d: %w", id, err)
	}
	overflow := uint64(binary.NativeEndian.Uint32(head[12:]))
	if is := binary.NativeEndian.Uint64(head); is != id || id+overflow >= p.high {
		return nil, fmt.Errorf("%w: page %d says it is %d with %d more", ErrDamaged, id, is, overflow)
	}
	for i := id; i <= id+overflow; i++ {
		if p.used.has(i) {
			return nil, fmt.Errorf("%w: page %d is in use twice", ErrDamaged, i)
		}
		p.used.add(i)
	}
	n := int((overflow + 1) * p.size)
	p.room[depth] = slices.Grow(p.room[depth][:0], n)[:n]
	data := p.room[depth]
	if err := p.read(data, id*p.size); err != nil {
		return nil, fmt.Errorf("page %d: %w", id, err)
	}
	return data, nil
}

// span is where the keys of a page have to lie: from first on, and before end; nil for no bound.
type span struct{ first, end []byte }

// walk goes through a page and all below it.
func (p *pages) walk(id uint64, depth int, in span) error {
	if depth > maxDepth {
		return fmt.Errorf("%w: its pages lie %d deep", ErrDamaged, depth)
	}
	data, err := p.page(id, depth)
	if err != nil {
		return err
	}
	return p.elements(data, id, depth, in)
}

// elements goes through what a page, or a bucket that lies in a value, says it holds.
func (p *pages) elements(data []byte, id uint64, depth int, in span) error {
	bad := func(what string) error { return fmt.Errorf("%w: page %d: %s", ErrDamaged, id, what) }
	if len(data) < pageHead || depth > maxDepth {
		return bad("too short or too deep")
	}
	flags, count := binary.NativeEndian.Uint16(data[8:]), uint64(binary.NativeEndian.Uint16(data[10:]))
	if pageHead+count*elementSize > uint64(len(data)) {
		return bad(fmt.Sprintf("%d elements do not fit into it", count))
	}
	if flags != branchPage && flags != leafPage {
		return bad(fmt.Sprintf("it is of no kind that can be here: %#x", flags))
	}
	keys, err := keysOf(data, flags, count)
	if err != nil {
		return bad(err.Error())
	}
	for i, key := range keys {
		if i == 0 && in.first != nil && bytes.Compare(key, in.first) < 0 || i > 0 && bytes.Compare(keys[i-1], key) >= 0 ||
			in.end != nil && bytes.Compare(key, in.end) >= 0 {
			return bad("its keys are not in their order")
		}
	}
	for i := range count {
		at := pageHead + i*elementSize
		e := data[at:]
		u := func(n int) uint64 { return uint64(binary.NativeEndian.Uint32(e[n:])) }
		switch flags {
		case branchPage:
			below := span{keys[i], in.end}
			if i+1 < count {
				below.end = keys[i+1]
			}
			if err := p.walk(binary.NativeEndian.Uint64(e[8:]), depth+1, below); err != nil {
				return err
			}
		case leafPage:
			value := at + u(4) + u(8)
			if value+u(12) > uint64(len(data)) {
				return bad("a value reaches beyond it")
			}
			if u(0)&bucketFlag == 0 {
				continue
			}
			if u(12) < bucketHead {
				return bad("a bucket without a root")
			}
			bucket := data[value : value+u(12)]
			var err error
			if root := binary.NativeEndian.Uint64(bucket); root != 0 {
				err = p.walk(root, depth+1, span{})
			} else {
				err = p.elements(bucket[bucketHead:], id, depth+1, span{})
			}
			if err != nil {
				return err
			}
		}
	}
	if flags == branchPage && count == 0 {
		return bad("a branch without pages")
	}
	return nil
}

// keysOf are the keys of a page's elements.
func keysOf(data []byte, flags uint16, count uint64) ([][]byte, error) {
	keys := make([][]byte, count)
	for i := range keys {
		at := pageHead + uint64(i)*elementSize
		u := func(n uint64) uint64 { return uint64(binary.NativeEndian.Uint32(data[at+n:])) }
		first, size := at+u(0), u(4)
		if flags == leafPage {
			first, size = at+u(4), u(8)
		}
		if first+size > uint64(len(data)) {
			return nil, errors.New("a key reaches beyond it")
		}
		keys[i] = data[first : first+size]
	}
	return keys, nil
}

// free holds the list of free pages to the pages in use: each page has to be one or the other.
func (p *pages) free(id uint64) error {
	bad := func(what string) error { return fmt.Errorf("%w: the list of free pages: %s", ErrDamaged, what) }
	data, err := p.page(id, 0)
	if err != nil {
		return err
	}
	if binary.NativeEndian.Uint16(data[8:])&freelistPage == 0 {
		return bad("it is something else")
	}
	count, ids := uint64(binary.NativeEndian.Uint16(data[10:])), data[pageHead:]
	if count == 0xFFFF {
		count, ids = binary.NativeEndian.Uint64(ids), ids[8:]
	}
	if count > uint64(len(ids))/8 {
		return bad(fmt.Sprintf("%d pages do not fit into it", count))
	}
	for i := range count {
		free := binary.NativeEndian.Uint64(ids[8*i:])
		if free < 2 || free >= p.high || p.used.has(free) {
			return bad(fmt.Sprintf("page %d is not free", free))
		}
		p.used.add(free)
	}
	if lost := p.high - p.used.count; lost > 0 {
		return bad(fmt.Sprintf("%d pages are neither free nor in use", lost))
	}
	return nil
}

// inspect holds the file to checkPages under bbolt's own lock, so that a file in use by another process is never taken for
// a damaged one. What bbolt refuses even to open for reading is looked at all the same: a disk that does not give a page is
// no damage.
func inspect(path string, options Options) error {
	if info, err := os.Stat(path); err != nil || info.Size() == 0 {
		return err
	}
	db, err := openFile(path, bolt.Options{Timeout: options.LockTimeout, ReadOnly: true})
	if errors.Is(err, bolterrors.ErrTimeout) {
		return err
	}
	opened := err == nil
	if err = checkPages(path); opened {
		err = errors.Join(err, guarded(db.Close))
	}
	return err
}
