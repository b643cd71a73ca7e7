package io.tideline.client;

import io.tideline.api.v1.CountMessagesRequest;
import io.tideline.api.v1.CountMessagesResponse;
import io.tideline.api.v1.GetContextRequest;
import io.tideline.api.v1.GetContextResponse;
import io.tideline.api.v1.GetMessagesRequest;
import io.tideline.api.v1.GetMessagesResponse;
import io.tideline.api.v1.HistoryServiceGrpc;
import io.tideline.api.v1.ListMessagesRequest;
import io.tideline.api.v1.ListMessagesResponse;
import io.tideline.api.v1.LocateRequest;
import io.tideline.api.v1.LocateResponse;
import io.tideline.api.v1.SeekTimeRequest;
import io.tideline.api.v1.SeekTimeResponse;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Finds messages in histories, with the retries and failures of {@link TidelineClient}. */
public final class HistoryClient {
    private final CallContext context;

    HistoryClient(CallContext context) {
        this.context = context;
    }

    /** Reads one page; without a user, of everything. */
    public CompletableFuture<ListMessagesResponse> getHistory(ListMessagesRequest request) {
        return context.unary(HistoryServiceGrpc.getGetHistoryMethod(), request, Repeat.ALWAYS, Function.identity());
    }

    public CompletableFuture<GetMessagesResponse> getMessages(GetMessagesRequest request) {
        return context.unary(HistoryServiceGrpc.getGetMessagesMethod(), request, Repeat.ALWAYS, Function.identity());
    }

    public CompletableFuture<GetContextResponse> getContext(GetContextRequest request) {
        return context.unary(HistoryServiceGrpc.getGetContextMethod(), request, Repeat.ALWAYS, Function.identity());
    }

    public CompletableFuture<SeekTimeResponse> seekTime(SeekTimeRequest request) {
        return context.unary(HistoryServiceGrpc.getSeekTimeMethod(), request, Repeat.ALWAYS, Function.identity());
    }

    public CompletableFuture<CountMessagesResponse> countMessages(CountMessagesRequest request) {
        return context.unary(HistoryServiceGrpc.getCountMessagesMethod(), request, Repeat.ALWAYS, Function.identity());
    }

    /** Says where an entry lies. For operators. */
    public CompletableFuture<LocateResponse> locate(LocateRequest request) {
        return context.unary(HistoryServiceGrpc.getLocateMethod(), request, Repeat.ALWAYS, Function.identity());
    }
}
