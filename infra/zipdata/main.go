// Command zipdata makes the data files of package zip from a table of ZIP Codes with the columns zip, city and state:
//
//	go run ./infra/zipdata -effective 2026 us_zip.csv
//
// It writes shared/zip/us_EFFECTIVE.{cities.txt,zips.bin,sha256}. Coordinates and counties are left out until something
// needs them; they would become files of another package, so that no function links what it does not use.
package main

import (
	"cmp"
	"crypto/sha256"
	"encoding/csv"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"postkontor/shared/zip"
)

func main() {
	effective := flag.String("effective", zip.Effective, "when the data was current, for the files' names")
	out := flag.String("out", "shared/zip", "where to write")
	flag.Parse()
	if err := run(flag.Arg(0), *out+"/us_"+*effective); err != nil {
		fmt.Fprintln(os.Stderr, "zipdata:", err)
		os.Exit(1)
	}
}

// fact is one row: a ZIP Code, its city as an address carries it, its state.
type fact struct{ zip, city, state string }

func run(source, target string) error {
	f, err := os.Open(source)
	if err != nil {
		return err
	}
	defer f.Close()
	facts, err := read(f)
	if err != nil {
		return fmt.Errorf("reading %s: %w", source, err)
	}
	names, offsets := cities(facts)
	records, sum, err := pack(facts, offsets)
	if err != nil {
		return err
	}
	for suffix, data := range map[string][]byte{".cities.txt": names, ".zips.bin": records, ".sha256": sum} {
		if err := os.WriteFile(target+suffix, data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// read answers the facts in the order of the ZIP Codes.
func read(source io.Reader) ([]fact, error) {
	rows, err := csv.NewReader(source).ReadAll()
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, io.ErrUnexpectedEOF
	}
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	var facts []fact
	for _, row := range rows[1:] {
		facts = append(facts, fact{row[column["zip"]], spell(row[column["city"]]), row[column["state"]]})
	}
	slices.SortFunc(facts, func(a, b fact) int { return cmp.Compare(a.zip, b.zip) })
	return facts, nil
}

// spell writes a city as an address carries it (Pub 28 §222): capitals, and no punctuation but "&".
func spell(city string) string {
	city = strings.ReplaceAll(strings.ToUpper(city), "'S ", "S ")
	return strings.Join(strings.FieldsFunc(city, func(r rune) bool { return strings.ContainsRune(" '-.,", r) }), " ")
}

// cities answers every name once, in the order of zip.Fold, and where each begins.
func cities(facts []fact) ([]byte, map[string]int) {
	var names []string
	for _, f := range facts {
		names = append(names, f.city)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(zip.Fold(a), zip.Fold(b)), cmp.Compare(a, b)) })
	var text []byte
	offsets := map[string]int{}
	for _, name := range slices.Compact(names) {
		offsets[name] = len(text)
		text = append(text, name+"\n"...)
	}
	return text, offsets
}

// pack answers the records and the line with the checksum of the facts.
func pack(facts []fact, offsets map[string]int) (records, sum []byte, err error) {
	place := map[string]uint64{}
	for i, s := range zip.States() {
		place[s.Code] = uint64(i)
	}
	h := sha256.New()
	for _, f := range facts {
		code, err := strconv.ParseUint(f.zip, 10, 24)
		state, known := place[f.state]
		if err != nil || len(f.zip) != 5 || !known || offsets[f.city] >= 1<<18 {
			return nil, nil, fmt.Errorf("row %s,%s,%s does not fit", f.zip, f.city, f.state)
		}
		r := code<<24 | state<<18 | uint64(offsets[f.city])
		for shift := 40; shift >= 0; shift -= 8 {
			records = append(records, byte(r>>shift))
		}
		fmt.Fprintf(h, "%s,%s,%s\n", f.zip, f.city, f.state)
	}
	return records, fmt.Appendf(nil, "%x\n", h.Sum(nil)), nil
}
