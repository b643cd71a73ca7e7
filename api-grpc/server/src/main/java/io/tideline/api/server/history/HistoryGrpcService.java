package io.tideline.api.server.history;

import io.grpc.stub.StreamObserver;
import io.tideline.api.server.ServerPorts;
import io.tideline.api.server.call.UnaryCalls;
import io.tideline.api.server.call.UnaryMethod;
import io.tideline.api.server.status.Statuses;
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
import io.tideline.store.history.HistoryService;

/** The methods of {@code tideline.v1.HistoryService}. Never blocks. */
public final class HistoryGrpcService extends HistoryServiceGrpc.HistoryServiceImplBase {
    private final UnaryMethod<ListMessagesRequest, ListMessagesResponse> history;
    private final UnaryMethod<GetMessagesRequest, GetMessagesResponse> messages;
    private final UnaryMethod<GetContextRequest, GetContextResponse> context;
    private final UnaryMethod<SeekTimeRequest, SeekTimeResponse> seek;
    private final UnaryMethod<CountMessagesRequest, CountMessagesResponse> count;
    private final UnaryMethod<LocateRequest, LocateResponse> locate;

    public HistoryGrpcService(HistoryService service, ServerPorts ports, Statuses statuses) {
        UnaryCalls calls = new UnaryCalls(statuses);
        Finds finds = new Finds(service);
        this.history = calls.method(ports.metrics(), "GetHistory", new Pages(service)::get);
        this.messages = calls.method(ports.metrics(), "GetMessages", finds::messages);
        this.context = calls.method(ports.metrics(), "GetContext", finds::context);
        this.seek = calls.method(ports.metrics(), "SeekTime", finds::seek);
        this.count = calls.method(ports.metrics(), "CountMessages", finds::count);
        this.locate = calls.method(ports.metrics(), "Locate", new Locations(ports, service)::locate);
    }

    @Override
    public void getHistory(ListMessagesRequest request, StreamObserver<ListMessagesResponse> observer) {
        history.call(request, observer);
    }

    @Override
    public void getMessages(GetMessagesRequest request, StreamObserver<GetMessagesResponse> observer) {
        messages.call(request, observer);
    }

    @Override
    public void getContext(GetContextRequest request, StreamObserver<GetContextResponse> observer) {
        context.call(request, observer);
    }

    @Override
    public void seekTime(SeekTimeRequest request, StreamObserver<SeekTimeResponse> observer) {
        seek.call(request, observer);
    }

    @Override
    public void countMessages(CountMessagesRequest request, StreamObserver<CountMessagesResponse> observer) {
        count.call(request, observer);
    }

    @Override
    public void locate(LocateRequest request, StreamObserver<LocateResponse> observer) {
        locate.call(request, observer);
    }
}
