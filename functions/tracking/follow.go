package tracking

import (
	"context"
	"net/http"
	"time"

	"postkontor/shared/barcode"
	"postkontor/shared/fault"
	"postkontor/shared/message"
	"postkontor/shared/parcel"
	"postkontor/shared/parcel/follow"
	"postkontor/shared/web"
)

// What can be chosen to be told, and how, in the order in which it is offered.
var (
	channels = []message.Channel{message.Email, message.SMS}
	statuses = []parcel.Status{parcel.PreShipment, parcel.Accepted, parcel.InTransit, parcel.OutForDelivery, parcel.Delivered,
		parcel.AvailableForPickup, parcel.Alert, parcel.Returned}
)

// followed adds the routes of what is told to who follows a parcel.
func (t *Tracking) followed() {
	web.Add(t.App, web.Operation{Method: http.MethodPut, Path: "/v1/tracking/{number}/subscription", ID: "follow", Tag: "Tracking", Access: web.SignedIn,
		Status: http.StatusOK, Summary: "Follow a parcel, or change what is told of it",
		Description: "Also one that is not known yet. Each status is told once a channel, when the parcel newly becomes it. 422 `channel_unproved`, `number_invalid`; 409 `too_many_followers` when 20 accounts follow it already; 429 after 300 a day."}, t.subscribe)
	web.Add(t.App, web.Operation{Method: http.MethodDelete, Path: "/v1/tracking/{number}/subscription", ID: "unfollow", Tag: "Tracking", Access: web.SignedIn,
		Status: http.StatusNoContent, Summary: "Follow a parcel no longer"}, t.endSubscription)
	web.Add(t.App, web.Operation{Method: http.MethodPost, Path: "/v1/tracking/unsubscribe", ID: "unsubscribe", Tag: "Tracking",
		Status: http.StatusNoContent, Summary: "Follow a parcel no longer, by the token of a message",
		Description: "Without a login, as often as one likes. 422 `token_invalid`."}, t.unsubscribe)
	t.Page("POST /track", web.SignedIn, t.takeFollow)
	t.Page("GET /unsubscribe", web.Anyone, t.showUnsubscribe)
	t.Page("POST /unsubscribe", web.Anyone, t.takeUnsubscribe)
}

// SubscribeRequest is PUT /v1/tracking/{number}/subscription.
type SubscribeRequest struct {
	Number string `path:"number" doc:"As it is written on the label"`
	Body   struct {
		Channels []string `json:"channels" minItems:"1" maxItems:"10" nullable:"false" enum:"sms,email"`
		Events   []string `json:"events" minItems:"1" maxItems:"20" nullable:"false" enum:"pre-shipment,accepted,in-transit,out-for-delivery,delivered,available-for-pickup,alert,returned"`
	}
}

// SubscribeAnswer is its answer.
type SubscribeAnswer struct{ Body follow.Subscription }

func (t *Tracking) subscribe(ctx context.Context, in *SubscribeRequest) (*SubscribeAnswer, error) {
	number, problem := barcode.Parse(in.Number)
	if problem != nil {
		return nil, invalid("path.number", problem)
	}
	wanted := follow.Subscription{Number: number.Canonical, Channels: among(channels, in.Body.Channels), Events: among(statuses, in.Body.Events)}
	return &SubscribeAnswer{Body: wanted}, t.follow(ctx, wanted)
}

// follows bounds what one caller can make the tables keep: a number need not be known to be followed.
var follows = web.Rule{Purpose: "follow", Max: 300, Window: 24 * time.Hour}

func (t *Tracking) follow(ctx context.Context, wanted follow.Subscription) error {
	if err := t.Limit(ctx, follows); err != nil {
		return err
	}
	return t.Follow.Save(ctx, web.Session(ctx).Account, wanted)
}

func (t *Tracking) endSubscription(ctx context.Context, in *RemoveRequest) (*struct{}, error) {
	number, problem := barcode.Parse(in.Number)
	if problem != nil {
		return nil, fault.New(fault.NotFound, "not_found")
	}
	return nil, t.Follow.End(ctx, web.Session(ctx).Account, number.Canonical)
}

// UnsubscribeRequest is POST /v1/tracking/unsubscribe.
type UnsubscribeRequest struct {
	Body struct {
		Token string `json:"token" maxLength:"200" doc:"From the link in a message, as often as needed"`
	}
}

func (t *Tracking) unsubscribe(ctx context.Context, in *UnsubscribeRequest) (*struct{}, error) {
	return nil, t.Follow.Unsubscribe(ctx, in.Body.Token)
}
