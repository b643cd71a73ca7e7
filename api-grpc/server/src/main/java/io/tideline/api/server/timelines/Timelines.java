package io.tideline.api.server.timelines;

import io.tideline.api.server.status.CallFailure;
import io.tideline.api.server.status.FieldViolations;
import io.tideline.api.server.status.Statuses;
import io.tideline.api.server.translate.PageTokens;
import io.tideline.api.server.translate.Requests;
import io.tideline.api.server.translate.Responses;
import io.tideline.api.v1.CreateTimelineRequest;
import io.tideline.api.v1.DescribeTimelineRequest;
import io.tideline.api.v1.ListTimelinesRequest;
import io.tideline.api.v1.ListTimelinesResponse;
import io.tideline.api.v1.TimelineDescription;
import io.tideline.api.v1.UpdateTimelineRequest;
import io.tideline.core.store.AttributesChange;
import io.tideline.core.store.ChangeOutcome;
import io.tideline.core.store.CreateOutcome;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.ListQuery;
import io.tideline.core.store.TimelineDirectory;
import io.tideline.core.store.TimelineListing;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.Attributes;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineFamily;
import io.tideline.core.timeline.TimelineId;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** CreateTimeline, UpdateTimeline, DescribeTimeline and ListTimelines. */
final class Timelines {
    private static final int DEFAULT_PAGE_SIZE = 100;
    /** A page of a listing ends at this size, so that it fits into gRPC's default message size of 4 MiB. */
    private static final int MAX_LISTING_BYTES = 2 * 1024 * 1024;

    private final TimelineDirectory directory;

    Timelines(TimelineDirectory directory) {
        this.directory = directory;
    }

    CompletableFuture<TimelineDescription> create(CreateTimelineRequest request, Deadline deadline) {
        FieldViolations violations = new FieldViolations();
        @Nullable TimelineId timeline = Requests.timeline(request.hasTimeline(), request.getTimeline(), violations);
        Attributes attributes = attributes("attributes", request.getAttributesMap(), violations);
        violations.throwIfAny();

        return directory
                .create(Objects.requireNonNull(timeline), attributes, deadline)
                .thenApply(outcome -> {
                    if (outcome instanceof CreateOutcome.Created created) {
                        return Responses.description(created.description());
                    }
                    throw new CallFailure(Statuses.timelineExists());
                });
    }

    private static Attributes attributes(String field, Map<String, String> values, FieldViolations violations) {
        try {
            return new Attributes(values, 0);
        } catch (IllegalArgumentException e) {
            violations.add(field, e.getMessage());
            return Attributes.NONE;
        }
    }

    CompletableFuture<TimelineDescription> update(UpdateTimelineRequest request, Deadline deadline) {
        AttributesChange change = change(request);
        return directory.change(change, deadline).thenApply(Timelines::answer);
    }

    private static AttributesChange change(UpdateTimelineRequest request) {
        FieldViolations violations = new FieldViolations();
        @Nullable TimelineId timeline = Requests.timeline(request.hasTimeline(), request.getTimeline(), violations);
        Map<String, String> put = attributes("put_attributes", request.getPutAttributesMap(), violations)
                .values();
        List<String> remove = request.getRemoveAttributesList();
        checkRemoved(remove, violations);
        if (request.hasExpectedVersion() && request.getExpectedVersion() < 0) {
            violations.add(
                    "expected_version", "expected_version: " + request.getExpectedVersion() + " (expected: 0 or more)");
        }
        violations.throwIfAny();
        try {
            return new AttributesChange(
                    Objects.requireNonNull(timeline),
                    put,
                    new HashSet<>(remove),
                    request.hasExpectedVersion()
                            ? OptionalLong.of(request.getExpectedVersion())
                            : OptionalLong.empty());
        } catch (IllegalArgumentException e) {
            throw new CallFailure(Statuses.invalid("remove_attributes", String.valueOf(e.getMessage())));
        }
    }

    private static void checkRemoved(List<String> names, FieldViolations violations) {
        if (names.size() > Attributes.MAX_COUNT) {
            violations.add(
                    "remove_attributes",
                    "remove_attributes: " + names.size() + " (expected: 0.." + Attributes.MAX_COUNT + ")");
            return;
        }
        for (int i = 0; i < names.size(); i++) {
            attributes("remove_attributes[" + i + "]", Map.of(names.get(i), ""), violations);
        }
    }

    private static TimelineDescription answer(ChangeOutcome outcome) {
        if (outcome instanceof ChangeOutcome.Changed changed) {
            return Responses.description(changed.description());
        }
        if (outcome instanceof ChangeOutcome.VersionMismatch mismatch) {
            throw new CallFailure(Statuses.attributesChanged(mismatch.current().version()));
        }
        if (outcome instanceof ChangeOutcome.TooManyAttributes tooMany) {
            throw new CallFailure(Statuses.invalid(
                    "put_attributes",
                    "put_attributes: " + tooMany.count() + " together with what is there (expected: 0.."
                            + Attributes.MAX_COUNT + ")"));
        }
        throw new CallFailure(Statuses.timelineNotFound());
    }

    CompletableFuture<TimelineDescription> describe(DescribeTimelineRequest request, Deadline deadline) {
        FieldViolations violations = new FieldViolations();
        @Nullable TimelineId timeline = Requests.timeline(request.hasTimeline(), request.getTimeline(), violations);
        SequenceId known = Requests.known("known_seq", request.getKnownSeq(), violations);
        violations.throwIfAny();

        return directory
                .describe(Objects.requireNonNull(timeline), known, deadline)
                .thenApply(found -> found.map(Responses::description)
                        .orElseThrow(() -> new CallFailure(Statuses.timelineNotFound())));
    }

    CompletableFuture<ListTimelinesResponse> list(ListTimelinesRequest request, Deadline deadline) {
        ListQuery query = query(request);
        return directory.list(query, deadline).thenApply(Timelines::answer);
    }

    private static ListQuery query(ListTimelinesRequest request) {
        FieldViolations violations = new FieldViolations();
        @Nullable AppId app = Requests.app("app", request.getApp(), violations);
        @Nullable TimelineFamily family = Requests.family("family", request.getFamilyValue(), violations);
        int size = Requests.pageSize(request.getPageSize(), DEFAULT_PAGE_SIZE, ListQuery.MAX_LIMIT, violations);
        Optional<TimelineId> after = Optional.empty();
        if (!request.getPageToken().isEmpty()) {
            after = app == null || family == null
                    ? Optional.empty()
                    : PageTokens.listPosition(request.getPageToken(), app, family);
            if (after.isEmpty()) {
                violations.add(
                        "page_token", "page_token: altered or of another request (expected: one of this request)");
            }
        }
        violations.throwIfAny();
        return new ListQuery(Objects.requireNonNull(app), Objects.requireNonNull(family), after.orElse(null), size);
    }

    private static ListTimelinesResponse answer(TimelineListing listing) {
        ListTimelinesResponse.Builder response = ListTimelinesResponse.newBuilder();
        int bytes = 0;
        boolean complete = listing.complete();
        for (io.tideline.core.store.TimelineDescription found : listing.timelines()) {
            TimelineDescription message = Responses.description(found);
            bytes += message.getSerializedSize();
            if (bytes > MAX_LISTING_BYTES && response.getTimelinesCount() > 0) {
                complete = false;
                break;
            }
            response.addTimelines(message);
        }
        if (!complete) {
            response.setNextPageToken(PageTokens.ofList(
                    listing.timelines().get(response.getTimelinesCount() - 1).timeline()));
        }
        return response.build();
    }
}
