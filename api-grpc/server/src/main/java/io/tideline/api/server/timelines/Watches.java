package io.tideline.api.server.timelines;

import com.codahale.metrics.Counter;
import com.codahale.metrics.MetricRegistry;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ServerCallStreamObserver;
import io.tideline.api.server.call.OpenStreams;
import io.tideline.api.server.identity.Caller;
import io.tideline.api.server.status.FieldViolations;
import io.tideline.api.server.status.Statuses;
import io.tideline.api.server.translate.Requests;
import io.tideline.api.v1.WatchRequest;
import io.tideline.api.v1.WatchResponse;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.sync.watch.WatchHub;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Watch: opens one {@link WatchCall} per call. Counter {@code api.Watch.open} says how many there are. */
final class Watches {
    private final WatchHub hub;
    private final Statuses statuses;
    private final OpenStreams openStreams;
    private final Counter open;

    Watches(WatchHub hub, Statuses statuses, OpenStreams openStreams, MetricRegistry registry) {
        this.hub = hub;
        this.statuses = statuses;
        this.openStreams = openStreams;
        this.open = registry.counter("api.Watch.open");
    }

    void open(WatchRequest request, ServerCallStreamObserver<WatchResponse> call) {
        try {
            begin(request, call);
        } catch (RuntimeException failure) {
            call.onError(StatusProto.toStatusRuntimeException(statuses.of(failure)));
        }
    }

    private void begin(WatchRequest request, ServerCallStreamObserver<WatchResponse> call) {
        Caller.current().requireApp(request.getTimeline().getApp());
        FieldViolations violations = new FieldViolations();
        @Nullable TimelineId timeline = Requests.timeline(request.hasTimeline(), request.getTimeline(), violations);
        SequenceId from = Requests.seq("from_seq", request.getFromSeq() == 0 ? 1 : request.getFromSeq(), violations);
        SequenceId known = Requests.known("known_seq", request.getKnownSeq(), violations);
        violations.throwIfAny();

        WatchCall watch = new WatchCall(call, statuses, stream -> {
            openStreams.remove(stream);
            open.dec();
        });
        call.setOnReadyHandler(watch::becameReady);
        call.setOnCancelHandler(watch::cancelled);
        open.inc();
        openStreams.add(watch);
        watch.begin(listener -> hub.watch(Objects.requireNonNull(timeline), from, known, listener));
    }
}
