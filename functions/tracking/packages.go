package tracking

import (
	"context"
	"slices"
	"time"

	"postkontor/shared/account/saved"
	"postkontor/shared/barcode"
	"postkontor/shared/fault"
	"postkontor/shared/parcel"
	"postkontor/shared/person"
	"postkontor/shared/web"
)

// SavedPackage is a package kept in the account.
type SavedPackage struct {
	Number   string        `json:"number" doc:"Canonical" example:"9400100000000000000006"`
	Label    string        `json:"label,omitempty" doc:"The customer's own name for it"`
	Status   parcel.Status `json:"status,omitempty" enum:"pre-shipment,accepted,in-transit,out-for-delivery,delivered,available-for-pickup,alert,returned" doc:"Missing while nothing is known of the number"`
	NewestAt *time.Time    `json:"newestAt,omitempty" doc:"When it was last scanned"`
}

// PackagesAnswer is GET /v1/account/packages.
type PackagesAnswer struct {
	Body struct {
		Items []SavedPackage `json:"items" nullable:"false" doc:"At most 100, newest news first; those without any last"`
	}
}

func (t *Tracking) packages(ctx context.Context, _ *struct{}) (*PackagesAnswer, error) {
	all, err := t.kept(ctx)
	answer := &PackagesAnswer{}
	answer.Body.Items = make([]SavedPackage, 0, len(all))
	for _, k := range all {
		answer.Body.Items = append(answer.Body.Items, k.answer())
	}
	return answer, err
}

// kept is a package in the account with what is known of it, perhaps nothing.
type kept struct {
	saved.Package
	parcel *parcel.Parcel
	silent bool // who may know of it could not be asked
}

// newest is when there were last news of it, the zero time when there are none.
func (k kept) newest() time.Time {
	if k.parcel == nil || len(k.parcel.Scans) == 0 {
		return time.Time{}
	}
	return k.parcel.Scans[0].At
}

func (k kept) answer() SavedPackage {
	p := SavedPackage{Number: k.Number, Label: k.Label}
	if k.parcel != nil {
		p.Status = k.parcel.Status
	}
	if at := k.newest().UTC(); !at.IsZero() {
		p.NewestAt = &at
	}
	return p
}

// kept answers the packages of the account, newest news first, then newest saved.
func (t *Tracking) kept(ctx context.Context) ([]kept, error) {
	packages, err := t.Saved.List(ctx, web.Session(ctx).Account)
	if err != nil {
		return nil, err
	}
	numbers := make([]string, len(packages))
	for i, p := range packages {
		numbers[i] = p.Number
	}
	parcels, err := t.Parcels.Look(ctx, numbers)
	if err != nil {
		return nil, err
	}
	all := make([]kept, len(packages))
	for i, p := range packages {
		known, there := parcels[p.Number]
		all[i] = kept{p, known, there && known == nil}
	}
	slices.SortStableFunc(all, func(a, b kept) int {
		if news := b.newest().Compare(a.newest()); news != 0 {
			return news
		}
		return b.SavedAt.Compare(a.SavedAt)
	})
	return all, nil
}

// SaveRequest is PUT /v1/account/packages/{number}.
type SaveRequest struct {
	Number string `path:"number" doc:"As it is written on the label"`
	Body   *struct {
		Label string `json:"label,omitempty" doc:"The customer's own name for it, up to 60 characters"`
	}
}

// SaveAnswer is its answer.
type SaveAnswer struct{ Body SavedPackage }

func (t *Tracking) save(ctx context.Context, in *SaveRequest) (*SaveAnswer, error) {
	label := ""
	if in.Body != nil {
		label = in.Body.Label
	}
	number, err := t.keep(ctx, "path.number", in.Number, label)
	if err != nil {
		return nil, err
	}
	parcels, err := t.Parcels.Look(ctx, []string{number})
	if err != nil {
		return nil, err
	}
	return &SaveAnswer{Body: kept{Package: saved.Package{Number: number, Label: person.Clean(label)}, parcel: parcels[number]}.answer()}, nil
}

// keep saves a package and answers its canonical number. Location is where the number stands in the request.
func (t *Tracking) keep(ctx context.Context, location, typed, label string) (string, error) {
	number, problem := barcode.Parse(typed)
	if problem != nil {
		return "", invalid(location, problem)
	}
	if wrong := person.CheckLine("body.label", label, false, person.MaxName); wrong != nil {
		return "", fault.Fields([]fault.Field{*wrong})
	}
	return number.Canonical, t.Saved.Save(ctx, web.Session(ctx).Account, number.Canonical, person.Clean(label))
}

// RemoveRequest is DELETE /v1/account/packages/{number}.
type RemoveRequest struct {
	Number string `path:"number"`
}

func (t *Tracking) remove(ctx context.Context, in *RemoveRequest) (*struct{}, error) {
	number, problem := barcode.Parse(in.Number)
	if problem != nil {
		return nil, fault.New(fault.NotFound, "not_found")
	}
	return nil, t.Saved.Remove(ctx, web.Session(ctx).Account, number.Canonical)
}
