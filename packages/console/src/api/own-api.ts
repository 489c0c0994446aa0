// Written by scripts/console-types.mjs from the OpenAPI document. Do not edit.

/** The endpoints of our own API: what they take and what they answer. */
export type OwnApi = {
  readonly "GET /trunkline/v1/Trunks": {
    readonly query: { readonly "PageSize"?: number; readonly "Page"?: number; readonly "PageToken"?: string; };
    readonly body: undefined;
    readonly answer: { readonly "meta": { readonly "page": number; readonly "page_size": number; readonly "first_page_url": string; readonly "previous_page_url": string | null; readonly "url": string; readonly "next_page_url": string | null; readonly "key": string; }; readonly "trunks": readonly ({ readonly "sid": string; readonly "account_sid": string; readonly "symmetric_rtp_enabled": boolean; readonly "max_cps": number | null; readonly "max_concurrent_calls": number | null; readonly "failover_codes": readonly (number)[] | null; readonly "failover_timeout_ms": number | null; readonly "username": string | null; readonly "probe_interval": number | null; readonly "client_certificate": boolean; readonly "own_certificate": boolean; readonly "client_names": readonly (string)[]; readonly "recording_status_callback": string | null; readonly "recording_status_callback_method": "GET" | "POST"; readonly "recording_status_callback_event": readonly ("in-progress" | "completed" | "absent")[]; readonly "recording_retention_days": number | null; readonly "date_created": string; readonly "date_updated": string; readonly "url": string; readonly "links": { readonly "trunk": string; readonly "target_health": string; }; })[]; };
  };
  readonly "GET /trunkline/v1/Trunks/{sid}": {
    readonly query: {  };
    readonly body: undefined;
    readonly answer: { readonly "sid": string; readonly "account_sid": string; readonly "symmetric_rtp_enabled": boolean; readonly "max_cps": number | null; readonly "max_concurrent_calls": number | null; readonly "failover_codes": readonly (number)[] | null; readonly "failover_timeout_ms": number | null; readonly "username": string | null; readonly "probe_interval": number | null; readonly "client_certificate": boolean; readonly "own_certificate": boolean; readonly "client_names": readonly (string)[]; readonly "recording_status_callback": string | null; readonly "recording_status_callback_method": "GET" | "POST"; readonly "recording_status_callback_event": readonly ("in-progress" | "completed" | "absent")[]; readonly "recording_retention_days": number | null; readonly "date_created": string; readonly "date_updated": string; readonly "url": string; readonly "links": { readonly "trunk": string; readonly "target_health": string; }; };
  };
  readonly "POST /trunkline/v1/Trunks/{sid}": {
    readonly query: {  };
    readonly body: { readonly "SymmetricRtpEnabled"?: boolean; readonly "MaxCps"?: number | null; readonly "MaxConcurrentCalls"?: number | null; readonly "FailoverCodes"?: readonly (number)[] | null; readonly "FailoverTimeoutMs"?: number | null; readonly "Username"?: string | null; readonly "Password"?: string | null; readonly "ProbeInterval"?: number | null; readonly "ClientCertificate"?: boolean; readonly "OwnCertificate"?: boolean; readonly "ClientNames"?: readonly (string)[]; readonly "RecordingStatusCallback"?: string | null; readonly "RecordingStatusCallbackMethod"?: "GET" | "POST"; readonly "RecordingStatusCallbackEvent"?: readonly ("in-progress" | "completed" | "absent")[]; readonly "RecordingRetentionDays"?: number | null; };
    readonly answer: { readonly "sid": string; readonly "account_sid": string; readonly "symmetric_rtp_enabled": boolean; readonly "max_cps": number | null; readonly "max_concurrent_calls": number | null; readonly "failover_codes": readonly (number)[] | null; readonly "failover_timeout_ms": number | null; readonly "username": string | null; readonly "probe_interval": number | null; readonly "client_certificate": boolean; readonly "own_certificate": boolean; readonly "client_names": readonly (string)[]; readonly "recording_status_callback": string | null; readonly "recording_status_callback_method": "GET" | "POST"; readonly "recording_status_callback_event": readonly ("in-progress" | "completed" | "absent")[]; readonly "recording_retention_days": number | null; readonly "date_created": string; readonly "date_updated": string; readonly "url": string; readonly "links": { readonly "trunk": string; readonly "target_health": string; }; };
  };
  readonly "GET /trunkline/v1/Trunks/{trunkSid}/SetupGuides": {
    readonly query: {  };
    readonly body: undefined;
    readonly answer: { readonly "setup_guides": readonly ({ readonly "name": string; readonly "title": string; readonly "url": string; })[]; };
  };
  readonly "GET /trunkline/v1/Trunks/{trunkSid}/SetupGuides/{name}": {
    readonly query: { readonly "Language"?: "en" | "ja"; };
    readonly body: undefined;
    readonly answer: { readonly "name": string; readonly "title": string; readonly "url": string; readonly "trunk_sid": string; readonly "language": "en" | "ja"; readonly "files": readonly ({ readonly "path": string; readonly "language": string; readonly "text": string; })[]; readonly "steps": readonly (string)[]; readonly "notes": readonly (string)[]; };
  };
  readonly "GET /trunkline/v1/Trunks/{trunkSid}/Contact": {
    readonly query: { readonly "Language"?: "en" | "ja"; };
    readonly body: undefined;
    readonly answer: { readonly "trunk_sid": string; readonly "last_options": { readonly "date": string; readonly "source": string; readonly "transport": "udp" | "tcp" | "tls"; readonly "user_agent": string | null; readonly "verdict": "answered" | "early" | "blocked" | "rate"; readonly "answer_status": number | null; readonly "problem": { readonly "what": string; readonly "remedy": string; } | null; } | null; readonly "last_invite": { readonly "date": string; readonly "source": string; readonly "transport": "udp" | "tcp" | "tls"; readonly "user_agent": string | null; readonly "from": string; readonly "to": string; readonly "status": number | null; readonly "code": number | null; readonly "call_sid": string; readonly "problem": { readonly "what": string; readonly "remedy": string; } | null; } | null; readonly "url": string; };
  };
  readonly "GET /trunkline/v1/AccountSettings": {
    readonly query: {  };
    readonly body: undefined;
    readonly answer: { readonly "account_sid": string; readonly "home_country": string; readonly "max_call_duration": number; readonly "deprecated_tls_allowed": boolean; readonly "dialing_permissions_inherited": boolean; readonly "recording_public_key_sid": string | null; readonly "media_auth_required": boolean; readonly "second_factor_required": boolean; readonly "url": string; };
  };
  readonly "POST /trunkline/v1/AccountSettings": {
    readonly query: {  };
    readonly body: { readonly "HomeCountry"?: string; readonly "MaxCallDuration"?: number; readonly "DeprecatedTlsAllowed"?: boolean; readonly "DialingPermissionsInherited"?: boolean; readonly "RecordingPublicKeySid"?: unknown | null; readonly "MediaAuthRequired"?: boolean; readonly "SecondFactorRequired"?: boolean; };
    readonly answer: { readonly "account_sid": string; readonly "home_country": string; readonly "max_call_duration": number; readonly "deprecated_tls_allowed": boolean; readonly "dialing_permissions_inherited": boolean; readonly "recording_public_key_sid": string | null; readonly "media_auth_required": boolean; readonly "second_factor_required": boolean; readonly "url": string; };
  };
  readonly "GET /trunkline/v1/Installation": {
    readonly query: {  };
    readonly body: undefined;
    readonly answer: { readonly "zone": string; readonly "trunk_domain_suffix": string; };
  };
  readonly "GET /trunkline/v1/Limits": {
    readonly query: { readonly "PageSize"?: number; readonly "Page"?: number; readonly "PageToken"?: string; };
    readonly body: undefined;
    readonly answer: { readonly "meta": { readonly "page": number; readonly "page_size": number; readonly "first_page_url": string; readonly "previous_page_url": string | null; readonly "url": string; readonly "next_page_url": string | null; readonly "key": string; }; readonly "limits": readonly ({ readonly "owner_sid": string; readonly "max_cps": number | null; readonly "burst": number | null; readonly "max_concurrent_calls": number | null; readonly "url": string; })[]; };
  };
  readonly "POST /trunkline/v1/Limits": {
    readonly query: {  };
    readonly body: { readonly "OwnerSid": string; readonly "MaxCps"?: number | null; readonly "Burst"?: number | null; readonly "MaxConcurrentCalls"?: number | null; };
    readonly answer: { readonly "owner_sid": string; readonly "max_cps": number | null; readonly "burst": number | null; readonly "max_concurrent_calls": number | null; readonly "url": string; };
  };
  readonly "GET /trunkline/v1/Limits/{sid}": {
    readonly query: {  };
    readonly body: undefined;
    readonly answer: { readonly "owner_sid": string; readonly "max_cps": number | null; readonly "burst": number | null; readonly "max_concurrent_calls": number | null; readonly "url": string; };
  };
  readonly "POST /trunkline/v1/Limits/{sid}": {
    readonly query: {  };
    readonly body: { readonly "MaxCps"?: number | null; readonly "Burst"?: number | null; readonly "MaxConcurrentCalls"?: number | null; };
    readonly answer: { readonly "owner_sid": string; readonly "max_cps": number | null; readonly "burst": number | null; readonly "max_concurrent_calls": number | null; readonly "url": string; };
  };
  readonly "DELETE /trunkline/v1/Limits/{sid}": {
    readonly query: {  };
    readonly body: undefined;
    readonly answer: undefined;
  };
  readonly "GET /trunkline/v1/InventoryNumbers": {
    readonly query: { readonly "PhoneNumber"?: string; readonly "IsoCountry"?: string; readonly "Type"?: "local" | "mobile" | "toll free" | "national"; readonly "CarrierSid"?: unknown; readonly "AccountSid"?: unknown; readonly "State"?: "available" | "port-in" | "quarantined" | "sold"; readonly "PageSize"?: number; readonly "Page"?: number; readonly "PageToken"?: string; };
    readonly body: undefined;
    readonly answer: { readonly "meta": { readonly "page": number; readonly "page_size": number; readonly "first_page_url": string; readonly "previous_page_url": string | null; readonly "url": string; readonly "next_page_url": string | null; readonly "key": string; }; readonly "inventory_numbers": readonly ({ readonly "sid": string; readonly "phone_number": string; readonly "iso_country": string; readonly "type": "local" | "mobile" | "toll free" | "national"; readonly "carrier_sid": string | null; readonly "monthly_price": string; readonly "capabilities": { readonly "voice": boolean; readonly "sms": boolean; readonly "mms": boolean; readonly "fax": boolean; }; readonly "locality": string | null; readonly "region": string | null; readonly "state": "available" | "port-in" | "quarantined" | "sold"; readonly "account_sid": string | null; readonly "date_sold": string | null; readonly "date_quarantine_ends": string | null; readonly "date_created": string; readonly "date_updated": string; readonly "url": string; })[]; };
  };
  readonly "POST /trunkline/v1/InventoryNumbers": {
    readonly query: {  };
    readonly body: { readonly "PhoneNumber": string; readonly "IsoCountry"?: string; readonly "Type"?: "local" | "mobile" | "toll free" | "national"; readonly "CarrierSid"?: unknown | null; readonly "MonthlyPrice"?: number; readonly "Capabilities"?: readonly ("voice" | "sms" | "mms" | "fax")[]; readonly "Locality"?: string | null; readonly "Region"?: string | null; readonly "State"?: "available" | "port-in"; };
    readonly answer: { readonly "sid": string; readonly "phone_number": string; readonly "iso_country": string; readonly "type": "local" | "mobile" | "toll free" | "national"; readonly "carrier_sid": string | null; readonly "monthly_price": string; readonly "capabilities": { readonly "voice": boolean; readonly "sms": boolean; readonly "mms": boolean; readonly "fax": boolean; }; readonly "locality": string | null; readonly "region": string | null; readonly "state": "available" | "port-in" | "quarantined" | "sold"; readonly "account_sid": string | null; readonly "date_sold": string | null; readonly "date_quarantine_ends": string | null; readonly "date_created": string; readonly "date_updated": string; readonly "url": string; };
  };
  readonly "GET /trunkline/v1/InventoryNumbers/{sid}": {
    readonly query: {  };
    readonly body: undefined;
    readonly answer: { readonly "sid": string; readonly "phone_number": string; readonly "iso_country": string; readonly "type": "local" | "mobile" | "toll free" | "national"; readonly "carrier_sid": string | null; readonly "monthly_price": string; readonly "capabilities": { readonly "voice": boolean; readonly "sms": boolean; readonly "mms": boolean; readonly "fax": boolean; }; readonly "locality": string | null; readonly "region": string | null; readonly "state": "available" | "port-in" | "quarantined" | "sold"; readonly "account_sid": string | null; readonly "date_sold": string | null; readonly "date_quarantine_ends": string | null; readonly "date_created": string; readonly "date_updated": string; readonly "url": string; };
  };
  readonly "POST /trunkline/v1/InventoryNumbers/{sid}": {
    readonly query: {  };
    readonly body: { readonly "IsoCountry"?: string; readonly "Type"?: "local" | "mobile" | "toll free" | "national"; readonly "CarrierSid"?: unknown | null; readonly "MonthlyPrice"?: number; readonly "Capabilities"?: readonly ("voice" | "sms" | "mms" | "fax")[]; readonly "Locality"?: string | null; readonly "Region"?: string | null; readonly "State"?: "available" | "port-in"; };
    readonly answer: { readonly "sid": string; readonly "phone_number": string; readonly "iso_country": string; readonly "type": "local" | "mobile" | "toll free" | "national"; readonly "carrier_sid": string | null; readonly "monthly_price": string; readonly "capabilities": { readonly "voice": boolean; readonly "sms": boolean; readonly "mms": boolean; readonly "fax": boolean; }; readonly "locality": string | null; readonly "region": string | null; readonly "state": "available" | "port-in" | "quarantined" | "sold"; readonly "account_sid": string | null; readonly "date_sold": string | null; readonly "date_quarantine_ends": string | null; readonly "date_created": string; readonly "date_updated": string; readonly "url": string; };
  };
  readonly "DELETE /trunkline/v1/InventoryNumbers/{sid}": {
    readonly query: {  };
    readonly body: undefined;
    readonly answer: undefined;
  };
  readonly "GET /trunkline/v1/InventoryImports": {
    readonly query: { readonly "PageSize"?: number; readonly "Page"?: number; readonly "PageToken"?: string; };
    readonly body: undefined;
    readonly answer: { readonly "meta": { readonly "page": number; readonly "page_size": number; readonly "first_page_url": string; readonly "previous_page_url": string | null; readonly "url": string; readonly "next_page_url": string | null; readonly "key": string; }; readonly "inventory_imports": readonly ({ readonly "sid": string; readonly "state": "running" | "completed" | "failed" | "interrupted"; readonly "dry_run": boolean; readonly "rows_read": number; readonly "rows_added": number; readonly "rows_updated": number; readonly "rows_refused": number; readonly "errors": readonly ({ readonly "line": number; readonly "column": string | null; readonly "message": string; })[]; readonly "date_created": string; readonly "date_updated": string; readonly "url": string; })[]; };
  };
  readonly "POST /trunkline/v1/InventoryImports": {
    readonly query: {  };
    readonly body: { readonly "DryRun"?: boolean; readonly "IsoCountry"?: string; readonly "Type"?: "local" | "mobile" | "toll free" | "national"; readonly "CarrierSid"?: unknown | null; readonly "MonthlyPrice"?: number; readonly "Capabilities"?: readonly ("voice" | "sms" | "mms" | "fax")[]; readonly "Locality"?: string | null; readonly "Region"?: string | null; readonly "State"?: "available" | "port-in"; readonly "Numbers": unknown; };
    readonly answer: { readonly "sid": string; readonly "state": "running" | "completed" | "failed" | "interrupted"; readonly "dry_run": boolean; readonly "rows_read": number; readonly "rows_added": number; readonly "rows_updated": number; readonly "rows_refused": number; readonly "errors": readonly ({ readonly "line": number; readonly "column": string | null; readonly "message": string; })[]; readonly "date_created": string; readonly "date_updated": string; readonly "url": string; };
  };
  readonly "GET /trunkline/v1/InventoryImports/{sid}": {
    readonly query: {  };
    readonly body: undefined;
    readonly answer: { readonly "sid": string; readonly "state": "running" | "completed" | "failed" | "interrupted"; readonly "dry_run": boolean; readonly "rows_read": number; readonly "rows_added": number; readonly "rows_updated": number; readonly "rows_refused": number; readonly "errors": readonly ({ readonly "line": number; readonly "column": string | null; readonly "message": string; })[]; readonly "date_created": string; readonly "date_updated": string; readonly "url": string; };
  };
  readonly "GET /trunkline/v1/NumberPeriods": {
    readonly query: { readonly "PageSize"?: number; readonly "Page"?: number; readonly "PageToken"?: string; };
    readonly body: undefined;
    readonly answer: { readonly "meta": { readonly "page": number; readonly "page_size": number; readonly "first_page_url": string; readonly "previous_page_url": string | null; readonly "url": string; readonly "next_page_url": string | null; readonly "key": string; }; readonly "number_periods": readonly ({ readonly "account_sid": string; readonly "phone_number_sid": string; readonly "phone_number": string; readonly "iso_country": string; readonly "type": string; readonly "monthly_price": string; readonly "date_began": string; readonly "date_ended": string | null; })[]; };
  };
  readonly "POST /trunkline/v1/CallerIds": {
    readonly query: {  };
    readonly body: { readonly "AccountSid": unknown; readonly "PhoneNumber": string; readonly "FriendlyName"?: string; };
    readonly answer: { readonly "sid": string; readonly "account_sid": string; readonly "phone_number": string; readonly "friendly_name": string; readonly "date_created": string; };
  };
  readonly "GET /trunkline/v1/Calls": {
    readonly query: { readonly "Number"?: unknown; readonly "To"?: unknown; readonly "From"?: unknown; readonly "SipCallId"?: string; readonly "Status"?: "queued" | "ringing" | "in-progress" | "completed" | "busy" | "failed" | "no-answer" | "canceled"; readonly "Direction"?: "trunking-terminating" | "trunking-originating" | "outbound-api"; readonly "TrunkSid"?: unknown; readonly "ErrorCode"?: number; readonly "StartTime"?: unknown; readonly "StartTime<"?: unknown; readonly "StartTime>"?: unknown; readonly "EndTime"?: unknown; readonly "EndTime<"?: unknown; readonly "EndTime>"?: unknown; readonly "PageSize"?: number; readonly "Page"?: number; readonly "PageToken"?: string; };
    readonly body: undefined;
    readonly answer: { readonly "meta": { readonly "page": number; readonly "page_size": number; readonly "first_page_url": string; readonly "previous_page_url": string | null; readonly "url": string; readonly "next_page_url": string | null; readonly "key": string; }; readonly "calls": readonly ({ readonly "call_sid": string; readonly "account_sid": string; readonly "trunk_sid": string | null; readonly "direction": string; readonly "from": string; readonly "to": string; readonly "status": string; readonly "source": string; readonly "sip_call_id_a": string; readonly "sip_call_id_b": string | null; readonly "sip_status": number | null; readonly "reason": string | null; readonly "error_code": number | null; readonly "ended_by": "caller" | "callee" | "platform" | "internal" | null; readonly "duration_sec": number | null; readonly "date_created": string; readonly "date_answered": string | null; readonly "date_ended": string | null; readonly "attempts": readonly ({ readonly "uri": string; readonly "carrier_sid": string | null; readonly "origination_url_sid": string | null; readonly "date_started": string; readonly "status": number | null; readonly "reason": string | null; })[]; readonly "url": string; })[]; };
  };
  readonly "GET /trunkline/v1/Calls/{sid}": {
    readonly query: {  };
    readonly body: undefined;
    readonly answer: { readonly "call_sid": string; readonly "account_sid": string; readonly "trunk_sid": string | null; readonly "direction": string; readonly "from": string; readonly "to": string; readonly "status": string; readonly "source": string; readonly "sip_call_id_a": string; readonly "sip_call_id_b": string | null; readonly "sip_status": number | null; readonly "reason": string | null; readonly "error_code": number | null; readonly "ended_by": "caller" | "callee" | "platform" | "internal" | null; readonly "duration_sec": number | null; readonly "date_created": string; readonly "date_answered": string | null; readonly "date_ended": string | null; readonly "attempts": readonly ({ readonly "uri": string; readonly "carrier_sid": string | null; readonly "origination_url_sid": string | null; readonly "date_started": string; readonly "status": number | null; readonly "reason": string | null; })[]; readonly "url": string; };
  };
  readonly "GET /trunkline/v1/Calls.csv": {
    readonly query: { readonly "Number"?: unknown; readonly "To"?: unknown; readonly "From"?: unknown; readonly "SipCallId"?: string; readonly "Status"?: "queued" | "ringing" | "in-progress" | "completed" | "busy" | "failed" | "no-answer" | "canceled"; readonly "Direction"?: "trunking-terminating" | "trunking-originating" | "outbound-api"; readonly "TrunkSid"?: unknown; readonly "ErrorCode"?: number; readonly "StartTime"?: unknown; readonly "StartTime<"?: unknown; readonly "StartTime>"?: unknown; readonly "EndTime"?: unknown; readonly "EndTime<"?: unknown; readonly "EndTime>"?: unknown; };
    readonly body: undefined;
    readonly answer: undefined;
  };
  readonly "GET /trunkline/v1/Calls/{sid}/Trace": {
    readonly query: {  };
    readonly body: undefined;
    readonly answer: { readonly "call_sid": string; readonly "account_sid": string; readonly "steps": readonly ({ readonly "rule": string; readonly "input": string; readonly "verdict": "pass" | "refuse" | "skip" | "info"; readonly "detail": string; readonly "at_ms": number; })[]; readonly "url": string; };
  };
  readonly "GET /trunkline/v1/Calls/{sid}/Quality": {
    readonly query: {  };
    readonly body: undefined;
    readonly answer: { readonly "call_sid": string; readonly "account_sid": string; readonly "legs": readonly ({ readonly "leg": "a" | "b"; readonly "codec": string | null; readonly "packets_received": number; readonly "bytes_received": number; readonly "packets_lost": number; readonly "jitter_ms": number | null; readonly "round_trip_ms": number | null; readonly "mos": number | null; readonly "source_changes": number; readonly "srtp": boolean | null; readonly "packets_rejected": number | null; })[]; readonly "samples": readonly ({ readonly "leg": "a" | "b"; readonly "direction": "received" | "sent"; readonly "at_ms": number; readonly "packets": number; readonly "packets_lost": number; readonly "jitter_ms": number | null; readonly "round_trip_ms": number | null; readonly "mos": number | null; })[]; readonly "url": string; };
  };
  readonly "GET /trunkline/v1/Calls/{sid}/Timeline": {
    readonly query: {  };
    readonly body: undefined;
    readonly answer: { readonly "call_sid": string; readonly "account_sid": string; readonly "entries": readonly ({ readonly "kind": "started" | "attempt" | "ringing" | "attempt-failed" | "answered" | "recording-started" | "session-changed" | "transfer-asked" | "key-press" | "recording-ended" | "ended" | "alert" | "webhook"; readonly "at_ms": number; readonly "date": string; readonly "leg": "a" | "b" | null; readonly "detail": string | null; readonly "duration_ms": number | null; readonly "resource_sid": string | null; })[]; readonly "url": string; };
  };
  readonly "GET /trunkline/v1/Calls/{sid}/Ladder": {
    readonly query: {  };
    readonly body: undefined;
    readonly answer: { readonly "call_sid": string; readonly "account_sid": string; readonly "state": "live" | "complete" | "none"; readonly "dropped": number; readonly "legs": readonly ({ readonly "leg": "a" | "b"; readonly "attempt": number; readonly "peer_sid": string | null; readonly "name": string | null; readonly "sip_call_id": string; readonly "address": string | null; })[]; readonly "messages": readonly ({ readonly "index": number; readonly "leg": "a" | "b"; readonly "attempt": number; readonly "direction": "received" | "sent"; readonly "at_ms": number; readonly "date": string; readonly "transport": "udp" | "tcp" | "tls"; readonly "local": string; readonly "remote": string; readonly "first_line": string; readonly "method": string | null; readonly "status": number | null; readonly "reason": string | null; readonly "cseq": string; readonly "retransmission": boolean; readonly "has_sdp": boolean; readonly "text": string; })[]; readonly "url": string; };
  };
  readonly "GET /trunkline/v1/Calls/{sid}/Pcap": {
    readonly query: {  };
    readonly body: undefined;
    readonly answer: undefined;
  };
  readonly "GET /trunkline/v1/LiveCalls": {
    readonly query: { readonly "PageSize"?: number; readonly "Page"?: number; readonly "PageToken"?: string; };
    readonly body: undefined;
    readonly answer: { readonly "meta": { readonly "page": number; readonly "page_size": number; readonly "first_page_url": string; readonly "previous_page_url": string | null; readonly "url": string; readonly "next_page_url": string | null; readonly "key": string; }; readonly "live_calls": readonly ({ readonly "sid": string; readonly "account_sid": string; readonly "trunk_sid": string | null; readonly "direction": string; readonly "from": string; readonly "to": string; readonly "status": "ringing" | "in-progress"; readonly "date_started": string; readonly "date_answered": string | null; readonly "url": string; })[]; };
  };
  readonly "GET /trunkline/v1/LiveCalls/{sid}": {
    readonly query: {  };
    readonly body: undefined;
    readonly answer: { readonly "sid": string; readonly "account_sid": string; readonly "trunk_sid": string | null; readonly "direction": string; readonly "from": string; readonly "to": string; readonly "status": "ringing" | "in-progress"; readonly "date_started": string; readonly "date_answered": string | null; readonly "url": string; };
  };
  readonly "DELETE /trunkline/v1/LiveCalls/{sid}": {
    readonly query: {  };
    readonly body: undefined;
    readonly answer: undefined;
  };
  readonly "POST /trunkline/v1/SimulatedCalls": {
    readonly query: {  };
    readonly body: { readonly "To": string; readonly "From": string; readonly "CallerName"?: string | null; readonly "Behaviour"?: { readonly "audio": "silence" | "tone" | "echo" | "none"; readonly "digits": string | null; readonly "hangupAfterMs": number | null; readonly "giveUpAfterMs": number; }; };
    readonly answer: { readonly "sid": string; readonly "to": string; readonly "from": string; readonly "status": "calling" | "ringing" | "answered" | "completed" | "failed"; readonly "sip_status": number | null; readonly "reason": string | null; readonly "call_sid": string | null; readonly "tone_hz": number | null; readonly "digits": string; readonly "packets_received": number; readonly "url": string; };
  };
  readonly "GET /trunkline/v1/SimulatedCalls/{sid}": {
    readonly query: {  };
    readonly body: undefined;
    readonly answer: { readonly "sid": string; readonly "to": string; readonly "from": string; readonly "status": "calling" | "ringing" | "answered" | "completed" | "failed"; readonly "sip_status": number | null; readonly "reason": string | null; readonly "call_sid": string | null; readonly "tone_hz": number | null; readonly "digits": string; readonly "packets_received": number; readonly "url": string; };
  };
  readonly "POST /trunkline/v1/SimulatedKeyPresses": {
    readonly query: {  };
    readonly body: { readonly "To": string; readonly "Digits": string; };
    readonly answer: { readonly "to": string; readonly "digits": string; };
  };
  readonly "POST /trunkline/v1/Simulations": {
    readonly query: {  };
    readonly body: { readonly "Source": string; readonly "RequestUri": string; readonly "From": string; readonly "To"?: string; readonly "At"?: unknown; readonly "Secure"?: boolean; };
    readonly answer: { readonly "account_sid": string | null; readonly "verdict": "pass" | "refuse" | "drop"; readonly "sip_status": number | null; readonly "reason": string | null; readonly "error_code": number | null; readonly "detail": string | null; readonly "retry_after": number | null; readonly "direction": string | null; readonly "trunk_sid": string | null; readonly "from": string | null; readonly "to": string | null; readonly "max_call_duration": number | null; readonly "trace": readonly ({ readonly "rule": string; readonly "input": string; readonly "verdict": string; readonly "detail": string; })[]; readonly "targets": readonly ({ readonly "uri": string; readonly "from_uri": string; readonly "carrier_sid": string | null; readonly "origination_url_sid": string | null; readonly "no_response_ms": number; readonly "headers": readonly (string)[]; readonly "srtp": boolean; readonly "codecs": readonly (string)[] | null; })[]; };
  };
  readonly "POST /trunkline/v1/Replays": {
    readonly query: {  };
    readonly body: { readonly "Change"?: { readonly "trunks"?: readonly ({ readonly "sid": string; readonly "secure"?: boolean; readonly "domain_name"?: string; })[]; readonly "origination_urls"?: readonly ({ readonly "sid": string; readonly "trunk_sid": string; readonly "enabled"?: boolean; readonly "priority"?: number; readonly "weight"?: number; readonly "removed"?: true; })[]; readonly "phone_numbers"?: readonly ({ readonly "sid": string; readonly "trunk_sid": string | null; })[]; readonly "geo_permissions"?: readonly ({ readonly "destination": string; readonly "low_risk_numbers_enabled"?: boolean; readonly "high_risk_special_numbers_enabled"?: boolean; readonly "high_risk_tollfraud_numbers_enabled"?: boolean; })[]; }; readonly "TrunkSid"?: unknown; readonly "Calls"?: number; };
    readonly answer: { readonly "account_sid": string; readonly "calls": number; readonly "unchanged": number; readonly "unjudged": number; readonly "changed": readonly ({ readonly "call_sid": string; readonly "date_created": string; readonly "direction": string; readonly "from": string; readonly "to": string; readonly "before": { readonly "verdict": "pass" | "refuse" | "drop"; readonly "sip_status": number | null; readonly "error_code": number | null; readonly "detail": string | null; readonly "targets": readonly (string)[]; }; readonly "after": { readonly "verdict": "pass" | "refuse" | "drop"; readonly "sip_status": number | null; readonly "error_code": number | null; readonly "detail": string | null; readonly "targets": readonly (string)[]; }; })[]; };
  };
  readonly "GET /trunkline/v1/DebuggerWebhook": {
    readonly query: {  };
    readonly body: undefined;
    readonly answer: { readonly "account_sid": string; readonly "webhook_url": string; readonly "method": "POST"; readonly "enabled": boolean; readonly "waiting": number; readonly "delivered": number; readonly "abandoned": number; readonly "dropped": number; readonly "date_last_delivered": string | null; readonly "date_last_failed": string | null; readonly "last_failure": string | null; readonly "date_created": string; readonly "date_updated": string; readonly "url": string; };
  };
  readonly "POST /trunkline/v1/DebuggerWebhook": {
    readonly query: {  };
    readonly body: { readonly "Url"?: string; readonly "Method"?: "POST"; readonly "Enabled"?: boolean; };
    readonly answer: { readonly "account_sid": string; readonly "webhook_url": string; readonly "method": "POST"; readonly "enabled": boolean; readonly "waiting": number; readonly "delivered": number; readonly "abandoned": number; readonly "dropped": number; readonly "date_last_delivered": string | null; readonly "date_last_failed": string | null; readonly "last_failure": string | null; readonly "date_created": string; readonly "date_updated": string; readonly "url": string; };
  };
  readonly "DELETE /trunkline/v1/DebuggerWebhook": {
    readonly query: {  };
    readonly body: undefined;
    readonly answer: undefined;
  };
  readonly "GET /trunkline/v1/ErrorCodes": {
    readonly query: { readonly "Lang"?: "en" | "ja"; readonly "PageSize"?: number; readonly "Page"?: number; readonly "PageToken"?: string; };
    readonly body: undefined;
    readonly answer: { readonly "meta": { readonly "page": number; readonly "page_size": number; readonly "first_page_url": string; readonly "previous_page_url": string | null; readonly "url": string; readonly "next_page_url": string | null; readonly "key": string; }; readonly "error_codes": readonly ({ readonly "code": number; readonly "level": "error" | "warning"; readonly "language": "en" | "ja"; readonly "title": string; readonly "cause": string; readonly "remedy": string; readonly "sip_status": number | null; readonly "sip_phrase": string | null; readonly "sip_text": string; readonly "more_info": string; readonly "url": string; })[]; };
  };
  readonly "GET /trunkline/v1/ErrorCodes/{code}": {
    readonly query: { readonly "Lang"?: "en" | "ja"; };
    readonly body: undefined;
    readonly answer: { readonly "code": number; readonly "level": "error" | "warning"; readonly "language": "en" | "ja"; readonly "title": string; readonly "cause": string; readonly "remedy": string; readonly "sip_status": number | null; readonly "sip_phrase": string | null; readonly "sip_text": string; readonly "more_info": string; readonly "url": string; };
  };
  readonly "GET /trunkline/v1/AuditEvents.csv": {
    readonly query: { readonly "ActorSid"?: string; readonly "EventType"?: string; readonly "ResourceSid"?: string; readonly "SourceIpAddress"?: string; readonly "StartDate"?: unknown; readonly "EndDate"?: unknown; };
    readonly body: undefined;
    readonly answer: undefined;
  };
  readonly "GET /trunkline/v1/Recordings": {
    readonly query: { readonly "DateCreated"?: unknown; readonly "DateCreated<"?: unknown; readonly "DateCreated>"?: unknown; readonly "CallSid"?: unknown; readonly "PageSize"?: number; readonly "Page"?: number; readonly "PageToken"?: string; };
    readonly body: undefined;
    readonly answer: { readonly "meta": { readonly "page": number; readonly "page_size": number; readonly "first_page_url": string; readonly "previous_page_url": string | null; readonly "url": string; readonly "next_page_url": string | null; readonly "key": string; }; readonly "recordings": readonly ({ readonly "recording_sid": string; readonly "account_sid": string; readonly "call_sid": string; readonly "trunk_sid": string | null; readonly "edge": string | null; readonly "status": "in-progress" | "paused" | "stopped" | "processing" | "completed" | "absent" | "deleted"; readonly "channels": number; readonly "duration_ms": number | null; readonly "damaged": boolean; readonly "interrupted": boolean; readonly "error_code": number | null; readonly "reason": string | null; readonly "bytes": number | null; readonly "sha256": string | null; readonly "date_started": string; readonly "date_deleted": string | null; readonly "url": string; })[]; };
  };
  readonly "GET /trunkline/v1/Recordings/{sid}": {
    readonly query: {  };
    readonly body: undefined;
    readonly answer: { readonly "recording_sid": string; readonly "account_sid": string; readonly "call_sid": string; readonly "trunk_sid": string | null; readonly "edge": string | null; readonly "status": "in-progress" | "paused" | "stopped" | "processing" | "completed" | "absent" | "deleted"; readonly "channels": number; readonly "duration_ms": number | null; readonly "damaged": boolean; readonly "interrupted": boolean; readonly "error_code": number | null; readonly "reason": string | null; readonly "bytes": number | null; readonly "sha256": string | null; readonly "date_started": string; readonly "date_deleted": string | null; readonly "url": string; };
  };
  readonly "GET /trunkline/v1/GeoPermissions": {
    readonly query: { readonly "PageSize"?: number; readonly "Page"?: number; readonly "PageToken"?: string; };
    readonly body: undefined;
    readonly answer: { readonly "meta": { readonly "page": number; readonly "page_size": number; readonly "first_page_url": string; readonly "previous_page_url": string | null; readonly "url": string; readonly "next_page_url": string | null; readonly "key": string; }; readonly "geo_permissions": readonly ({ readonly "account_sid": string; readonly "destination": string; readonly "low_risk_numbers_enabled": boolean; readonly "high_risk_special_numbers_enabled": boolean; readonly "high_risk_tollfraud_numbers_enabled": boolean; readonly "url": string; })[]; };
  };
  readonly "POST /trunkline/v1/GeoPermissions": {
    readonly query: {  };
    readonly body: { readonly "Destination": string; readonly "LowRiskNumbersEnabled"?: boolean; readonly "HighRiskSpecialNumbersEnabled"?: boolean; readonly "HighRiskTollfraudNumbersEnabled"?: boolean; };
    readonly answer: { readonly "account_sid": string; readonly "destination": string; readonly "low_risk_numbers_enabled": boolean; readonly "high_risk_special_numbers_enabled": boolean; readonly "high_risk_tollfraud_numbers_enabled": boolean; readonly "url": string; };
  };
  readonly "GET /trunkline/v1/GeoPermissions/{sid}": {
    readonly query: {  };
    readonly body: undefined;
    readonly answer: { readonly "account_sid": string; readonly "destination": string; readonly "low_risk_numbers_enabled": boolean; readonly "high_risk_special_numbers_enabled": boolean; readonly "high_risk_tollfraud_numbers_enabled": boolean; readonly "url": string; };
  };
  readonly "POST /trunkline/v1/GeoPermissions/{sid}": {
    readonly query: {  };
    readonly body: { readonly "LowRiskNumbersEnabled"?: boolean; readonly "HighRiskSpecialNumbersEnabled"?: boolean; readonly "HighRiskTollfraudNumbersEnabled"?: boolean; };
    readonly answer: { readonly "account_sid": string; readonly "destination": string; readonly "low_risk_numbers_enabled": boolean; readonly "high_risk_special_numbers_enabled": boolean; readonly "high_risk_tollfraud_numbers_enabled": boolean; readonly "url": string; };
  };
  readonly "DELETE /trunkline/v1/GeoPermissions/{sid}": {
    readonly query: {  };
    readonly body: undefined;
    readonly answer: undefined;
  };
  readonly "GET /trunkline/v1/Carriers": {
    readonly query: { readonly "PageSize"?: number; readonly "Page"?: number; readonly "PageToken"?: string; };
    readonly body: undefined;
    readonly answer: { readonly "meta": { readonly "page": number; readonly "page_size": number; readonly "first_page_url": string; readonly "previous_page_url": string | null; readonly "url": string; readonly "next_page_url": string | null; readonly "key": string; }; readonly "carriers": readonly ({ readonly "sid": string; readonly "friendly_name": string; readonly "enabled": boolean; readonly "priority": number; readonly "own_numbers_only": boolean; readonly "retry_causes": readonly (number)[]; readonly "max_cps": number | null; readonly "max_channels": number | null; readonly "caller_id_header": readonly (string)[]; readonly "called_number_form": string; readonly "caller_number_form": string; readonly "called_prefix": string; readonly "added_headers": readonly (string)[]; readonly "removed_headers": readonly (string)[]; readonly "codecs": readonly (string)[] | null; readonly "srtp": boolean; readonly "username": string | null; readonly "probe_interval": number | null; readonly "client_certificate": boolean; readonly "registrar_url": string | null; readonly "registration_expires": number; readonly "date_created": string; readonly "date_updated": string; readonly "url": string; readonly "links": { readonly "targets": string; readonly "prefixes": string; readonly "sources": string; readonly "status": string; }; })[]; };
  };
  readonly "POST /trunkline/v1/Carriers": {
    readonly query: {  };
    readonly body: { readonly "FriendlyName": string; readonly "OwnNumbersOnly"?: boolean; readonly "Enabled"?: boolean; readonly "Priority"?: number; readonly "RetryCauses"?: readonly (number)[] | null; readonly "MaxCps"?: number | null; readonly "MaxChannels"?: number | null; readonly "CallerIdHeader"?: readonly ("P-Asserted-Identity" | "P-Preferred-Identity" | "Remote-Party-ID")[]; readonly "CalledNumberForm"?: "e164" | "digits" | "double-zero" | "north-american"; readonly "CallerNumberForm"?: "e164" | "digits" | "double-zero" | "north-american"; readonly "CalledPrefix"?: string | null; readonly "AddedHeaders"?: readonly (string)[]; readonly "RemovedHeaders"?: readonly (string)[]; readonly "Codecs"?: readonly ("pcmu" | "pcma" | "g722" | "g729" | "g723" | "g728" | "g726-16" | "g726-24" | "g726-32" | "g726-40" | "gsm" | "gsm-efr" | "ilbc" | "opus" | "amr" | "amr-wb" | "evs" | "speex" | "l16")[] | null; readonly "Srtp"?: boolean; readonly "Username"?: string | null; readonly "Password"?: string | null; readonly "ProbeInterval"?: number | null; readonly "ClientCertificate"?: boolean; readonly "RegistrarUrl"?: string | null; readonly "RegistrationExpires"?: number; };
    readonly answer: { readonly "sid": string; readonly "friendly_name": string; readonly "enabled": boolean; readonly "priority": number; readonly "own_numbers_only": boolean; readonly "retry_causes": readonly (number)[]; readonly "max_cps": number | null; readonly "max_channels": number | null; readonly "caller_id_header": readonly (string)[]; readonly "called_number_form": string; readonly "caller_number_form": string; readonly "called_prefix": string; readonly "added_headers": readonly (string)[]; readonly "removed_headers": readonly (string)[]; readonly "codecs": readonly (string)[] | null; readonly "srtp": boolean; readonly "username": string | null; readonly "probe_interval": number | null; readonly "client_certificate": boolean; readonly "registrar_url": string | null; readonly "registration_expires": number; readonly "date_created": string; readonly "date_updated": string; readonly "url": string; readonly "links": { readonly "targets": string; readonly "prefixes": string; readonly "sources": string; readonly "status": string; }; };
  };
  readonly "GET /trunkline/v1/Carriers/{sid}": {
    readonly query: {  };
    readonly body: undefined;
    readonly answer: { readonly "sid": string; readonly "friendly_name": string; readonly "enabled": boolean; readonly "priority": number; readonly "own_numbers_only": boolean; readonly "retry_causes": readonly (number)[]; readonly "max_cps": number | null; readonly "max_channels": number | null; readonly "caller_id_header": readonly (string)[]; readonly "called_number_form": string; readonly "caller_number_form": string; readonly "called_prefix": string; readonly "added_headers": readonly (string)[]; readonly "removed_headers": readonly (string)[]; readonly "codecs": readonly (string)[] | null; readonly "srtp": boolean; readonly "username": string | null; readonly "probe_interval": number | null; readonly "client_certificate": boolean; readonly "registrar_url": string | null; readonly "registration_expires": number; readonly "date_created": string; readonly "date_updated": string; readonly "url": string; readonly "links": { readonly "targets": string; readonly "prefixes": string; readonly "sources": string; readonly "status": string; }; };
  };
  readonly "POST /trunkline/v1/Carriers/{sid}": {
    readonly query: {  };
    readonly body: { readonly "FriendlyName"?: string; readonly "Enabled"?: boolean; readonly "Priority"?: number; readonly "RetryCauses"?: readonly (number)[] | null; readonly "MaxCps"?: number | null; readonly "MaxChannels"?: number | null; readonly "CallerIdHeader"?: readonly ("P-Asserted-Identity" | "P-Preferred-Identity" | "Remote-Party-ID")[]; readonly "CalledNumberForm"?: "e164" | "digits" | "double-zero" | "north-american"; readonly "CallerNumberForm"?: "e164" | "digits" | "double-zero" | "north-american"; readonly "CalledPrefix"?: string | null; readonly "AddedHeaders"?: readonly (string)[]; readonly "RemovedHeaders"?: readonly (string)[]; readonly "Codecs"?: readonly ("pcmu" | "pcma" | "g722" | "g729" | "g723" | "g728" | "g726-16" | "g726-24" | "g726-32" | "g726-40" | "gsm" | "gsm-efr" | "ilbc" | "opus" | "amr" | "amr-wb" | "evs" | "speex" | "l16")[] | null; readonly "Srtp"?: boolean; readonly "Username"?: string | null; readonly "Password"?: string | null; readonly "ProbeInterval"?: number | null; readonly "ClientCertificate"?: boolean; readonly "RegistrarUrl"?: string | null; readonly "RegistrationExpires"?: number; };
    readonly answer: { readonly "sid": string; readonly "friendly_name": string; readonly "enabled": boolean; readonly "priority": number; readonly "own_numbers_only": boolean; readonly "retry_causes": readonly (number)[]; readonly "max_cps": number | null; readonly "max_channels": number | null; readonly "caller_id_header": readonly (string)[]; readonly "called_number_form": string; readonly "caller_number_form": string; readonly "called_prefix": string; readonly "added_headers": readonly (string)[]; readonly "removed_headers": readonly (string)[]; readonly "codecs": readonly (string)[] | null; readonly "srtp": boolean; readonly "username": string | null; readonly "probe_interval": number | null; readonly "client_certificate": boolean; readonly "registrar_url": string | null; readonly "registration_expires": number; readonly "date_created": string; readonly "date_updated": string; readonly "url": string; readonly "links": { readonly "targets": string; readonly "prefixes": string; readonly "sources": string; readonly "status": string; }; };
  };
  readonly "DELETE /trunkline/v1/Carriers/{sid}": {
    readonly query: {  };
    readonly body: undefined;
    readonly answer: undefined;
  };
  readonly "GET /trunkline/v1/Carriers/{carrierSid}/Targets": {
    readonly query: { readonly "PageSize"?: number; readonly "Page"?: number; readonly "PageToken"?: string; };
    readonly body: undefined;
    readonly answer: { readonly "meta": { readonly "page": number; readonly "page_size": number; readonly "first_page_url": string; readonly "previous_page_url": string | null; readonly "url": string; readonly "next_page_url": string | null; readonly "key": string; }; readonly "targets": readonly ({ readonly "sid": string; readonly "carrier_sid": string; readonly "date_created": string; readonly "date_updated": string; readonly "url": string; readonly "sip_url": string; readonly "priority": number; readonly "weight": number; })[]; };
  };
  readonly "POST /trunkline/v1/Carriers/{carrierSid}/Targets": {
    readonly query: {  };
    readonly body: { readonly "SipUrl": string; readonly "Priority"?: number; readonly "Weight"?: number; };
    readonly answer: { readonly "sid": string; readonly "carrier_sid": string; readonly "date_created": string; readonly "date_updated": string; readonly "url": string; readonly "sip_url": string; readonly "priority": number; readonly "weight": number; };
  };
  readonly "GET /trunkline/v1/Carriers/{carrierSid}/Targets/{sid}": {
    readonly query: {  };
    readonly body: undefined;
    readonly answer: { readonly "sid": string; readonly "carrier_sid": string; readonly "date_created": string; readonly "date_updated": string; readonly "url": string; readonly "sip_url": string; readonly "priority": number; readonly "weight": number; };
  };
  readonly "POST /trunkline/v1/Carriers/{carrierSid}/Targets/{sid}": {
    readonly query: {  };
    readonly body: { readonly "SipUrl"?: string; readonly "Priority"?: number; readonly "Weight"?: number; };
    readonly answer: { readonly "sid": string; readonly "carrier_sid": string; readonly "date_created": string; readonly "date_updated": string; readonly "url": string; readonly "sip_url": string; readonly "priority": number; readonly "weight": number; };
  };
  readonly "DELETE /trunkline/v1/Carriers/{carrierSid}/Targets/{sid}": {
    readonly query: {  };
    readonly body: undefined;
    readonly answer: undefined;
  };
  readonly "GET /trunkline/v1/Carriers/{carrierSid}/Prefixes": {
    readonly query: { readonly "PageSize"?: number; readonly "Page"?: number; readonly "PageToken"?: string; };
    readonly body: undefined;
    readonly answer: { readonly "meta": { readonly "page": number; readonly "page_size": number; readonly "first_page_url": string; readonly "previous_page_url": string | null; readonly "url": string; readonly "next_page_url": string | null; readonly "key": string; }; readonly "prefixes": readonly ({ readonly "sid": string; readonly "carrier_sid": string; readonly "date_created": string; readonly "date_updated": string; readonly "url": string; readonly "prefix": string; readonly "cost": string; })[]; };
  };
  readonly "POST /trunkline/v1/Carriers/{carrierSid}/Prefixes": {
    readonly query: {  };
    readonly body: { readonly "Prefix": string; readonly "Cost"?: number; };
    readonly answer: { readonly "sid": string; readonly "carrier_sid": string; readonly "date_created": string; readonly "date_updated": string; readonly "url": string; readonly "prefix": string; readonly "cost": string; };
  };
  readonly "GET /trunkline/v1/Carriers/{carrierSid}/Prefixes/{sid}": {
    readonly query: {  };
    readonly body: undefined;
    readonly answer: { readonly "sid": string; readonly "carrier_sid": string; readonly "date_created": string; readonly "date_updated": string; readonly "url": string; readonly "prefix": string; readonly "cost": string; };
  };
  readonly "POST /trunkline/v1/Carriers/{carrierSid}/Prefixes/{sid}": {
    readonly query: {  };
    readonly body: { readonly "Prefix"?: string; readonly "Cost"?: number; };
    readonly answer: { readonly "sid": string; readonly "carrier_sid": string; readonly "date_created": string; readonly "date_updated": string; readonly "url": string; readonly "prefix": string; readonly "cost": string; };
  };
  readonly "DELETE /trunkline/v1/Carriers/{carrierSid}/Prefixes/{sid}": {
    readonly query: {  };
    readonly body: undefined;
    readonly answer: undefined;
  };
  readonly "GET /trunkline/v1/Carriers/{carrierSid}/Sources": {
    readonly query: { readonly "PageSize"?: number; readonly "Page"?: number; readonly "PageToken"?: string; };
    readonly body: undefined;
    readonly answer: { readonly "meta": { readonly "page": number; readonly "page_size": number; readonly "first_page_url": string; readonly "previous_page_url": string | null; readonly "url": string; readonly "next_page_url": string | null; readonly "key": string; }; readonly "sources": readonly ({ readonly "sid": string; readonly "carrier_sid": string; readonly "date_created": string; readonly "date_updated": string; readonly "url": string; readonly "cidr": string; readonly "port": number | null; })[]; };
  };
  readonly "POST /trunkline/v1/Carriers/{carrierSid}/Sources": {
    readonly query: {  };
    readonly body: { readonly "Cidr": string; readonly "Port"?: number | null; };
    readonly answer: { readonly "sid": string; readonly "carrier_sid": string; readonly "date_created": string; readonly "date_updated": string; readonly "url": string; readonly "cidr": string; readonly "port": number | null; };
  };
  readonly "GET /trunkline/v1/Carriers/{carrierSid}/Sources/{sid}": {
    readonly query: {  };
    readonly body: undefined;
    readonly answer: { readonly "sid": string; readonly "carrier_sid": string; readonly "date_created": string; readonly "date_updated": string; readonly "url": string; readonly "cidr": string; readonly "port": number | null; };
  };
  readonly "POST /trunkline/v1/Carriers/{carrierSid}/Sources/{sid}": {
    readonly query: {  };
    readonly body: { readonly "Cidr"?: string; readonly "Port"?: number | null; };
    readonly answer: { readonly "sid": string; readonly "carrier_sid": string; readonly "date_created": string; readonly "date_updated": string; readonly "url": string; readonly "cidr": string; readonly "port": number | null; };
  };
  readonly "DELETE /trunkline/v1/Carriers/{carrierSid}/Sources/{sid}": {
    readonly query: {  };
    readonly body: undefined;
    readonly answer: undefined;
  };
  readonly "GET /trunkline/v1/Carriers/{carrierSid}/Status": {
    readonly query: {  };
    readonly body: undefined;
    readonly answer: { readonly "carrier_sid": string; readonly "live_calls": number; readonly "registration": { readonly "registrar": string; readonly "state": "registering" | "registered" | "failed" | "closing" | "closed"; readonly "date_expires": string | null; readonly "date_next": string | null; readonly "last_status": number | null; readonly "last_reason": string | null; } | null; readonly "targets": readonly ({ readonly "sid": string; readonly "sip_url": string; readonly "health": "up" | "down" | "probing"; readonly "date_down": string | null; readonly "failures": number; readonly "probed": boolean; })[]; readonly "url": string; };
  };
  readonly "GET /trunkline/v1/Trunks/{trunkSid}/TargetHealth": {
    readonly query: {  };
    readonly body: undefined;
    readonly answer: { readonly "trunk_sid": string; readonly "live_calls": number; readonly "targets": readonly ({ readonly "sid": string; readonly "sip_url": string; readonly "health": "up" | "down" | "probing"; readonly "date_down": string | null; readonly "failures": number; readonly "probed": boolean; })[]; readonly "url": string; };
  };
  readonly "GET /trunkline/v1/CallStatistics": {
    readonly query: { readonly "StartTime"?: unknown; readonly "EndTime"?: unknown; readonly "Interval"?: "hour" | "day" | "month" | "all"; readonly "TimeZone"?: string; readonly "TrunkSid"?: unknown; readonly "Direction"?: "trunking-terminating" | "trunking-originating"; readonly "GroupBy"?: "trunk"; };
    readonly body: undefined;
    readonly answer: { readonly "account_sid": string; readonly "interval": "hour" | "day" | "month" | "all"; readonly "time_zone": string; readonly "start": string; readonly "end": string; readonly "statistics": readonly ({ readonly "start": string; readonly "end": string; readonly "trunk_sid": string | null; readonly "calls": number; readonly "answered": number; readonly "failed": number; readonly "busy": number; readonly "no_answer": number; readonly "canceled": number; readonly "seconds": number; readonly "minutes": number; readonly "average_duration_sec": number | null; readonly "average_answer_delay_sec": number | null; readonly "asr": number | null; readonly "price": null; })[]; readonly "totals": { readonly "calls": number; readonly "answered": number; readonly "failed": number; readonly "busy": number; readonly "no_answer": number; readonly "canceled": number; readonly "seconds": number; readonly "minutes": number; readonly "average_duration_sec": number | null; readonly "average_answer_delay_sec": number | null; readonly "asr": number | null; readonly "price": null; }; readonly "url": string; };
  };
  readonly "GET /trunkline/v1/Network": {
    readonly query: {  };
    readonly body: undefined;
    readonly answer: { readonly "zone": string; readonly "edge": string; readonly "trunk_domain_suffix": string; readonly "edges": readonly ({ readonly "name": string; readonly "aliases": readonly (string)[]; readonly "trunk_domain_suffix": string; })[]; readonly "signalling": readonly ({ readonly "transport": "udp" | "tcp" | "tls"; readonly "address": string; readonly "port": number; })[]; readonly "media": { readonly "addresses": readonly (string)[]; readonly "transport": "udp"; readonly "port_from": number; readonly "port_to": number; }; readonly "ca_certificate_url": string | null; readonly "ca_certificate_sha256": string | null; readonly "url": string; };
  };
  readonly "GET /trunkline/v1/Network/Bandwidth": {
    readonly query: { readonly "ConcurrentCalls": number; };
    readonly body: undefined;
    readonly answer: { readonly "concurrent_calls": number; readonly "kbits_per_call": number; readonly "kbits_per_second": number; readonly "meaning": string; };
  };
  readonly "GET /trunkline/v1/Rates": {
    readonly query: { readonly "Kind"?: "termination" | "origination" | "number"; readonly "IsoCountry"?: string; readonly "PageSize"?: number; readonly "Page"?: number; readonly "PageToken"?: string; };
    readonly body: undefined;
    readonly answer: { readonly "meta": { readonly "page": number; readonly "page_size": number; readonly "first_page_url": string; readonly "previous_page_url": string | null; readonly "url": string; readonly "next_page_url": string | null; readonly "key": string; }; readonly "rates": readonly ({ readonly "sid": string; readonly "kind": "termination" | "origination" | "number"; readonly "prefix": string | null; readonly "iso_country": string | null; readonly "number_type": string | null; readonly "friendly_name": string; readonly "price": string; readonly "date_created": string; readonly "date_updated": string; readonly "url": string; })[]; };
  };
  readonly "POST /trunkline/v1/Rates": {
    readonly query: {  };
    readonly body: { readonly "Kind": "termination" | "origination" | "number"; readonly "Prefix"?: string; readonly "IsoCountry"?: string; readonly "NumberType"?: "local" | "mobile" | "toll free" | "national"; readonly "FriendlyName"?: string; readonly "Price": number; };
    readonly answer: { readonly "sid": string; readonly "kind": "termination" | "origination" | "number"; readonly "prefix": string | null; readonly "iso_country": string | null; readonly "number_type": string | null; readonly "friendly_name": string; readonly "price": string; readonly "date_created": string; readonly "date_updated": string; readonly "url": string; };
  };
  readonly "GET /trunkline/v1/Rates/{sid}": {
    readonly query: {  };
    readonly body: undefined;
    readonly answer: { readonly "sid": string; readonly "kind": "termination" | "origination" | "number"; readonly "prefix": string | null; readonly "iso_country": string | null; readonly "number_type": string | null; readonly "friendly_name": string; readonly "price": string; readonly "date_created": string; readonly "date_updated": string; readonly "url": string; };
  };
  readonly "POST /trunkline/v1/Rates/{sid}": {
    readonly query: {  };
    readonly body: { readonly "FriendlyName"?: string; readonly "Price"?: number; };
    readonly answer: { readonly "sid": string; readonly "kind": "termination" | "origination" | "number"; readonly "prefix": string | null; readonly "iso_country": string | null; readonly "number_type": string | null; readonly "friendly_name": string; readonly "price": string; readonly "date_created": string; readonly "date_updated": string; readonly "url": string; };
  };
  readonly "DELETE /trunkline/v1/Rates/{sid}": {
    readonly query: {  };
    readonly body: undefined;
    readonly answer: undefined;
  };
  readonly "GET /trunkline/v1/Currency": {
    readonly query: {  };
    readonly body: undefined;
    readonly answer: { readonly "currency": string; readonly "url": string; };
  };
  readonly "POST /trunkline/v1/Currency": {
    readonly query: {  };
    readonly body: { readonly "Currency": string; };
    readonly answer: { readonly "currency": string; readonly "url": string; };
  };
  readonly "GET /trunkline/v1/CallerNames": {
    readonly query: { readonly "PageSize"?: number; readonly "Page"?: number; readonly "PageToken"?: string; };
    readonly body: undefined;
    readonly answer: { readonly "meta": { readonly "page": number; readonly "page_size": number; readonly "first_page_url": string; readonly "previous_page_url": string | null; readonly "url": string; readonly "next_page_url": string | null; readonly "key": string; }; readonly "caller_names": readonly ({ readonly "phone_number": string; readonly "caller_name": string; readonly "caller_type": "BUSINESS" | "CONSUMER" | null; readonly "date_created": string; readonly "date_updated": string; readonly "url": string; })[]; };
  };
  readonly "POST /trunkline/v1/CallerNames": {
    readonly query: {  };
    readonly body: { readonly "PhoneNumber": string; readonly "CallerName": string; readonly "CallerType"?: "BUSINESS" | "CONSUMER" | null; };
    readonly answer: { readonly "phone_number": string; readonly "caller_name": string; readonly "caller_type": "BUSINESS" | "CONSUMER" | null; readonly "date_created": string; readonly "date_updated": string; readonly "url": string; };
  };
  readonly "GET /trunkline/v1/CallerNames/{sid}": {
    readonly query: {  };
    readonly body: undefined;
    readonly answer: { readonly "phone_number": string; readonly "caller_name": string; readonly "caller_type": "BUSINESS" | "CONSUMER" | null; readonly "date_created": string; readonly "date_updated": string; readonly "url": string; };
  };
  readonly "POST /trunkline/v1/CallerNames/{sid}": {
    readonly query: {  };
    readonly body: { readonly "CallerName"?: string; readonly "CallerType"?: "BUSINESS" | "CONSUMER" | null; };
    readonly answer: { readonly "phone_number": string; readonly "caller_name": string; readonly "caller_type": "BUSINESS" | "CONSUMER" | null; readonly "date_created": string; readonly "date_updated": string; readonly "url": string; };
  };
  readonly "DELETE /trunkline/v1/CallerNames/{sid}": {
    readonly query: {  };
    readonly body: undefined;
    readonly answer: undefined;
  };
  readonly "GET /trunkline/v1/Users/me": {
    readonly query: {  };
    readonly body: undefined;
    readonly answer: { readonly "sid": string; readonly "account_sid": string | null; readonly "email": string; readonly "friendly_name": string; readonly "language": "en" | "ja"; readonly "role": "owner" | "admin" | "developer" | "billing" | "read-only" | "operator"; readonly "status": "invited" | "active" | "suspended"; readonly "second_factor": boolean; readonly "password_token": string | null; readonly "password_token_expires": string | null; readonly "date_created": string; readonly "date_updated": string; readonly "url": string; };
  };
  readonly "POST /trunkline/v1/Users/me": {
    readonly query: {  };
    readonly body: { readonly "FriendlyName"?: string; readonly "Language"?: "en" | "ja"; };
    readonly answer: { readonly "sid": string; readonly "account_sid": string | null; readonly "email": string; readonly "friendly_name": string; readonly "language": "en" | "ja"; readonly "role": "owner" | "admin" | "developer" | "billing" | "read-only" | "operator"; readonly "status": "invited" | "active" | "suspended"; readonly "second_factor": boolean; readonly "password_token": string | null; readonly "password_token_expires": string | null; readonly "date_created": string; readonly "date_updated": string; readonly "url": string; };
  };
  readonly "POST /trunkline/v1/Users/me/Password": {
    readonly query: {  };
    readonly body: { readonly "CurrentPassword": string; readonly "Password": string; };
    readonly answer: { readonly "sid": string; readonly "account_sid": string | null; readonly "email": string; readonly "friendly_name": string; readonly "language": "en" | "ja"; readonly "role": "owner" | "admin" | "developer" | "billing" | "read-only" | "operator"; readonly "status": "invited" | "active" | "suspended"; readonly "second_factor": boolean; readonly "password_token": string | null; readonly "password_token_expires": string | null; readonly "date_created": string; readonly "date_updated": string; readonly "url": string; };
  };
  readonly "POST /trunkline/v1/Passwords": {
    readonly query: {  };
    readonly body: { readonly "Token": string; readonly "Password": string; };
    readonly answer: { readonly "email": string; readonly "friendly_name": string; };
  };
  readonly "GET /trunkline/v1/Users/me/SecondFactor": {
    readonly query: {  };
    readonly body: undefined;
    readonly answer: { readonly "enabled": boolean; readonly "required": boolean; readonly "recovery_codes_left": number; readonly "secret": string | null; readonly "otpauth_uri": string | null; readonly "recovery_codes": readonly (string)[] | null; readonly "url": string; };
  };
  readonly "POST /trunkline/v1/Users/me/SecondFactor": {
    readonly query: {  };
    readonly body: { readonly "Password": string; };
    readonly answer: { readonly "enabled": boolean; readonly "required": boolean; readonly "recovery_codes_left": number; readonly "secret": string | null; readonly "otpauth_uri": string | null; readonly "recovery_codes": readonly (string)[] | null; readonly "url": string; };
  };
  readonly "POST /trunkline/v1/Users/me/SecondFactor/Confirmation": {
    readonly query: {  };
    readonly body: { readonly "Code": string; };
    readonly answer: { readonly "enabled": boolean; readonly "required": boolean; readonly "recovery_codes_left": number; readonly "secret": string | null; readonly "otpauth_uri": string | null; readonly "recovery_codes": readonly (string)[] | null; readonly "url": string; };
  };
  readonly "POST /trunkline/v1/Users/me/SecondFactor/RecoveryCodes": {
    readonly query: {  };
    readonly body: { readonly "Password": string; };
    readonly answer: { readonly "enabled": boolean; readonly "required": boolean; readonly "recovery_codes_left": number; readonly "secret": string | null; readonly "otpauth_uri": string | null; readonly "recovery_codes": readonly (string)[] | null; readonly "url": string; };
  };
  readonly "POST /trunkline/v1/Users/me/SecondFactor/Removal": {
    readonly query: {  };
    readonly body: { readonly "Password": string; };
    readonly answer: { readonly "enabled": boolean; readonly "required": boolean; readonly "recovery_codes_left": number; readonly "secret": string | null; readonly "otpauth_uri": string | null; readonly "recovery_codes": readonly (string)[] | null; readonly "url": string; };
  };
  readonly "POST /trunkline/v1/Sessions": {
    readonly query: {  };
    readonly body: { readonly "Email": string; readonly "Password": string; readonly "Code"?: string; };
    readonly answer: { readonly "sid": string; readonly "user_sid": string; readonly "source": string; readonly "user_agent": string; readonly "current": boolean; readonly "date_created": string; readonly "date_used": string; readonly "date_expires": string; readonly "url": string; readonly "csrf_token": string; readonly "second_factor_needed": boolean; readonly "user": { readonly "sid": string; readonly "account_sid": string | null; readonly "email": string; readonly "friendly_name": string; readonly "language": "en" | "ja"; readonly "role": "owner" | "admin" | "developer" | "billing" | "read-only" | "operator"; readonly "status": "invited" | "active" | "suspended"; readonly "second_factor": boolean; readonly "password_token": string | null; readonly "password_token_expires": string | null; readonly "date_created": string; readonly "date_updated": string; readonly "url": string; }; };
  };
  readonly "GET /trunkline/v1/Sessions": {
    readonly query: { readonly "PageSize"?: number; readonly "Page"?: number; readonly "PageToken"?: string; };
    readonly body: undefined;
    readonly answer: { readonly "meta": { readonly "page": number; readonly "page_size": number; readonly "first_page_url": string; readonly "previous_page_url": string | null; readonly "url": string; readonly "next_page_url": string | null; readonly "key": string; }; readonly "sessions": readonly ({ readonly "sid": string; readonly "user_sid": string; readonly "source": string; readonly "user_agent": string; readonly "current": boolean; readonly "date_created": string; readonly "date_used": string; readonly "date_expires": string; readonly "url": string; })[]; };
  };
  readonly "GET /trunkline/v1/Sessions/Current": {
    readonly query: {  };
    readonly body: undefined;
    readonly answer: { readonly "sid": string; readonly "user_sid": string; readonly "source": string; readonly "user_agent": string; readonly "current": boolean; readonly "date_created": string; readonly "date_used": string; readonly "date_expires": string; readonly "url": string; readonly "csrf_token": string; readonly "second_factor_needed": boolean; readonly "user": { readonly "sid": string; readonly "account_sid": string | null; readonly "email": string; readonly "friendly_name": string; readonly "language": "en" | "ja"; readonly "role": "owner" | "admin" | "developer" | "billing" | "read-only" | "operator"; readonly "status": "invited" | "active" | "suspended"; readonly "second_factor": boolean; readonly "password_token": string | null; readonly "password_token_expires": string | null; readonly "date_created": string; readonly "date_updated": string; readonly "url": string; }; };
  };
  readonly "DELETE /trunkline/v1/Sessions/Current": {
    readonly query: {  };
    readonly body: undefined;
    readonly answer: undefined;
  };
  readonly "GET /trunkline/v1/Sessions/{sid}": {
    readonly query: {  };
    readonly body: undefined;
    readonly answer: { readonly "sid": string; readonly "user_sid": string; readonly "source": string; readonly "user_agent": string; readonly "current": boolean; readonly "date_created": string; readonly "date_used": string; readonly "date_expires": string; readonly "url": string; };
  };
  readonly "DELETE /trunkline/v1/Sessions/{sid}": {
    readonly query: {  };
    readonly body: undefined;
    readonly answer: undefined;
  };
  readonly "GET /trunkline/v1/Users/{userSid}/Sessions": {
    readonly query: { readonly "PageSize"?: number; readonly "Page"?: number; readonly "PageToken"?: string; };
    readonly body: undefined;
    readonly answer: { readonly "meta": { readonly "page": number; readonly "page_size": number; readonly "first_page_url": string; readonly "previous_page_url": string | null; readonly "url": string; readonly "next_page_url": string | null; readonly "key": string; }; readonly "sessions": readonly ({ readonly "sid": string; readonly "user_sid": string; readonly "source": string; readonly "user_agent": string; readonly "current": boolean; readonly "date_created": string; readonly "date_used": string; readonly "date_expires": string; readonly "url": string; })[]; };
  };
  readonly "DELETE /trunkline/v1/Users/{userSid}/Sessions": {
    readonly query: {  };
    readonly body: undefined;
    readonly answer: undefined;
  };
  readonly "GET /trunkline/v1/Users/{userSid}/Sessions/{sid}": {
    readonly query: {  };
    readonly body: undefined;
    readonly answer: { readonly "sid": string; readonly "user_sid": string; readonly "source": string; readonly "user_agent": string; readonly "current": boolean; readonly "date_created": string; readonly "date_used": string; readonly "date_expires": string; readonly "url": string; };
  };
  readonly "DELETE /trunkline/v1/Users/{userSid}/Sessions/{sid}": {
    readonly query: {  };
    readonly body: undefined;
    readonly answer: undefined;
  };
  readonly "GET /trunkline/v1/Users": {
    readonly query: { readonly "Email"?: string; readonly "PageSize"?: number; readonly "Page"?: number; readonly "PageToken"?: string; };
    readonly body: undefined;
    readonly answer: { readonly "meta": { readonly "page": number; readonly "page_size": number; readonly "first_page_url": string; readonly "previous_page_url": string | null; readonly "url": string; readonly "next_page_url": string | null; readonly "key": string; }; readonly "users": readonly ({ readonly "sid": string; readonly "account_sid": string | null; readonly "email": string; readonly "friendly_name": string; readonly "language": "en" | "ja"; readonly "role": "owner" | "admin" | "developer" | "billing" | "read-only" | "operator"; readonly "status": "invited" | "active" | "suspended"; readonly "second_factor": boolean; readonly "password_token": string | null; readonly "password_token_expires": string | null; readonly "date_created": string; readonly "date_updated": string; readonly "url": string; })[]; };
  };
  readonly "POST /trunkline/v1/Users": {
    readonly query: {  };
    readonly body: { readonly "Email": string; readonly "FriendlyName"?: string; readonly "Language"?: "en" | "ja"; readonly "Role"?: "owner" | "admin" | "developer" | "billing" | "read-only" | "operator"; };
    readonly answer: { readonly "sid": string; readonly "account_sid": string | null; readonly "email": string; readonly "friendly_name": string; readonly "language": "en" | "ja"; readonly "role": "owner" | "admin" | "developer" | "billing" | "read-only" | "operator"; readonly "status": "invited" | "active" | "suspended"; readonly "second_factor": boolean; readonly "password_token": string | null; readonly "password_token_expires": string | null; readonly "date_created": string; readonly "date_updated": string; readonly "url": string; };
  };
  readonly "GET /trunkline/v1/Users/{sid}": {
    readonly query: {  };
    readonly body: undefined;
    readonly answer: { readonly "sid": string; readonly "account_sid": string | null; readonly "email": string; readonly "friendly_name": string; readonly "language": "en" | "ja"; readonly "role": "owner" | "admin" | "developer" | "billing" | "read-only" | "operator"; readonly "status": "invited" | "active" | "suspended"; readonly "second_factor": boolean; readonly "password_token": string | null; readonly "password_token_expires": string | null; readonly "date_created": string; readonly "date_updated": string; readonly "url": string; };
  };
  readonly "POST /trunkline/v1/Users/{sid}": {
    readonly query: {  };
    readonly body: { readonly "Email"?: string; readonly "FriendlyName"?: string; readonly "Language"?: "en" | "ja"; readonly "Role"?: "owner" | "admin" | "developer" | "billing" | "read-only" | "operator"; readonly "Status"?: "active" | "suspended"; };
    readonly answer: { readonly "sid": string; readonly "account_sid": string | null; readonly "email": string; readonly "friendly_name": string; readonly "language": "en" | "ja"; readonly "role": "owner" | "admin" | "developer" | "billing" | "read-only" | "operator"; readonly "status": "invited" | "active" | "suspended"; readonly "second_factor": boolean; readonly "password_token": string | null; readonly "password_token_expires": string | null; readonly "date_created": string; readonly "date_updated": string; readonly "url": string; };
  };
  readonly "DELETE /trunkline/v1/Users/{sid}": {
    readonly query: {  };
    readonly body: undefined;
    readonly answer: undefined;
  };
  readonly "POST /trunkline/v1/Users/{sid}/PasswordLink": {
    readonly query: {  };
    readonly body: {  };
    readonly answer: { readonly "sid": string; readonly "account_sid": string | null; readonly "email": string; readonly "friendly_name": string; readonly "language": "en" | "ja"; readonly "role": "owner" | "admin" | "developer" | "billing" | "read-only" | "operator"; readonly "status": "invited" | "active" | "suspended"; readonly "second_factor": boolean; readonly "password_token": string | null; readonly "password_token_expires": string | null; readonly "date_created": string; readonly "date_updated": string; readonly "url": string; };
  };
  readonly "DELETE /trunkline/v1/Users/{sid}/SecondFactor": {
    readonly query: {  };
    readonly body: undefined;
    readonly answer: undefined;
  };
};
