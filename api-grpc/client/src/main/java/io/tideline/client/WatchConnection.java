package io.tideline.client;

import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.tideline.api.v1.WatchRequest;
import io.tideline.api.v1.WatchResponse;
import org.jspecify.annotations.Nullable;

/** One connection of a watcher: asks for the next event when the last has been consumed. */
final class WatchConnection implements ClientResponseObserver<WatchRequest, WatchResponse> {
    private final Watcher watcher;
    private volatile @Nullable ClientCallStreamObserver<WatchRequest> stream;

    WatchConnection(Watcher watcher) {
        this.watcher = watcher;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<WatchRequest> requests) {
        requests.disableAutoRequestWithInitial(1);
        stream = requests;
    }

    @Override
    public void onNext(WatchResponse response) {
        ClientCallStreamObserver<WatchRequest> requests = stream;
        if (watcher.deliver(response) && requests != null) {
            requests.request(1);
        }
    }

    @Override
    public void onError(Throwable thrown) {
        watcher.disconnected(CallFailure.of(thrown));
    }

    /** A watch has no end of its own: a server that ends it is on its way down. */
    @Override
    public void onCompleted() {
        watcher.disconnected(CallFailure.found(Status.Code.UNAVAILABLE, "", "The server ended the watch", null));
    }

    void cancel() {
        ClientCallStreamObserver<WatchRequest> requests = stream;
        if (requests != null) {
            requests.cancel("The watch is over", null);
        }
    }
}
