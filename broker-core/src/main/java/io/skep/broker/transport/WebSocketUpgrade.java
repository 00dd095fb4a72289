// Skep, an MQTT broker. Apache-2.0; see LICENSE.
package io.skep.broker.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.skep.broker.metrics.Metrics;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answers the one HTTP request by which a WebSocket begins, then gives its place, and that of the HTTP codec, to
 * {@link WebSocketFrames}. Anything else is answered with a short error.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write shows as an inactive channel
final class WebSocketUpgrade extends ChannelInboundHandlerAdapter {

    /** Those we speak, the better one first. */
    private static final List<String> SUBPROTOCOLS = List.of("mqtt", "mqttv3.1");

    private static final String VERSION = "13";
    private static final String ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"; // RFC 6455, 1.3

    private final String path;
    private final Metrics metrics;
    private @Nullable HttpRequest request;
    private @Nullable ByteBuf early; // what came right behind the request

    WebSocketUpgrade(String path, Metrics metrics) {
        this.path = path;
        this.metrics = metrics;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof ByteBuf behind) {
            early = behind;
            return;
        }
        try {
            if (message instanceof HttpRequest head) {
                check(ctx, head);
                request = head;
            }
            if (message instanceof LastHttpContent && request != null) {
                upgrade(ctx, request.headers());
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void check(ChannelHandlerContext ctx, HttpRequest head) {
        HttpHeaders headers = head.headers();
        if (head.decoderResult().isFailure()) {
            throw refuse(ctx, HttpResponseStatus.BAD_REQUEST, "request: unreadable (expected: HTTP/1.1)");
        }
        String target = head.uri().split("\\?", 2)[0];
        if (!target.equals(path)) {
            throw refuse(ctx, HttpResponseStatus.NOT_FOUND, "path: " + target + " (expected: " + path + ")");
        }
        if (!head.method().equals(HttpMethod.GET)
                || !headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)
                || !headers.containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true)) {
            throw refuse(ctx, HttpResponseStatus.UPGRADE_REQUIRED, "request: (expected: a WebSocket upgrade)");
        }
        String version = headers.get(HttpHeaderNames.SEC_WEBSOCKET_VERSION);
        if (!VERSION.equals(version)) {
            throw refuse(
                    ctx, HttpResponseStatus.UPGRADE_REQUIRED, "sec-websocket-version: " + version + " (expected: 13)");
        }
        if (!headers.contains(HttpHeaderNames.SEC_WEBSOCKET_KEY)) {
            throw refuse(ctx, HttpResponseStatus.BAD_REQUEST, "sec-websocket-key: (expected: a key)");
        }
        List<String> offered = subprotocols(headers);
        if (!offered.isEmpty() && selected(offered) == null) {
            throw refuse(
                    ctx, HttpResponseStatus.BAD_REQUEST, "sec-websocket-protocol: " + offered + " (expected: mqtt)");
        }
    }

    private void upgrade(ChannelHandlerContext ctx, HttpHeaders offer) {
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.SWITCHING_PROTOCOLS, Unpooled.EMPTY_BUFFER);
        response.headers()
                .set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET)
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE)
                .set(HttpHeaderNames.SEC_WEBSOCKET_ACCEPT, accept(offer.get(HttpHeaderNames.SEC_WEBSOCKET_KEY)));
        // ![MQTT-6.0.0-3] a client that offers no subprotocol is let in: this port speaks nothing else
        @Nullable String subprotocol = selected(subprotocols(offer));
        if (subprotocol != null) {
            response.headers().set(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, subprotocol); // [MQTT-6.0.0-4]
        }
        ctx.writeAndFlush(response);

        ChannelPipeline pipeline = ctx.pipeline();
        pipeline.addAfter(ctx.name(), null, new WebSocketFrames(metrics));
        pipeline.remove(HttpServerCodec.class); // gives us the bytes it has not decoded
        ctx.fireUserEventTriggered(Opening.Phase.WEB_SOCKET);
        if (early != null) {
            ctx.fireChannelRead(early);
        }
        pipeline.remove(this);
    }

    /** Sends the error; the exception to throw closes the channel. */
    private static Opening.Refused refuse(ChannelHandlerContext ctx, HttpResponseStatus status, String reason) {
        ByteBuf text = ByteBufUtil.writeUtf8(ctx.alloc(), reason + "\n");
        FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, text);
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8")
                .setInt(HttpHeaderNames.CONTENT_LENGTH, text.readableBytes())
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        if (status.equals(HttpResponseStatus.UPGRADE_REQUIRED)) {
            response.headers()
                    .set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET)
                    .set(HttpHeaderNames.SEC_WEBSOCKET_VERSION, VERSION);
        }
        ctx.writeAndFlush(response);
        return new Opening.Refused(reason);
    }

    private static List<String> subprotocols(HttpHeaders headers) {
        return headers.getAll(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL).stream()
                .flatMap(line -> Arrays.stream(line.split(",")))
                .map(String::strip)
                .toList();
    }

    private static @Nullable String selected(List<String> offered) {
        return SUBPROTOCOLS.stream().filter(offered::contains).findFirst().orElse(null);
    }

    private static String accept(String key) {
        try {
            MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
            byte[] digest = sha1.digest((key + ACCEPT_SUFFIX).getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-1: missing (expected: as on every Java)", e);
        }
    }
}
