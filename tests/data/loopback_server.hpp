#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace saem::testing {

/// What a client asked for.
struct Request {
  std::string path;
  long range_start = -1;  ///< of a `Range: bytes=N-`; -1 without one
};

/// An HTTP server on 127.0.0.1 that does to each request whatever the test wants, right or wrong.
class LoopbackServer {
 public:
  /// One client's connection; it is closed when the handler returns.
  class Connection {
   public:
    Connection(int socket, const LoopbackServer& server) : socket_(socket), server_(server) {}
    void send(const std::string& bytes) const;
    /// A whole answer: status line, length, `headers` (each ended by \r\n) and body.
    void respond(const std::string& status, const std::string& body,
                 const std::string& headers = "") const;
    /// 200 with the whole body, or 206 with what is asked for.
    void serve(const std::string& body, const Request& request) const;
    /// Says nothing until the client goes away or the server ends.
    void stall() const;

   private:
    int socket_;
    const LoopbackServer& server_;
  };
  /// `number` counts requests from 0.
  using Handler = std::function<void(const Connection&, const Request&, int number)>;

  explicit LoopbackServer(Handler handler);
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;
  ~LoopbackServer();

  /// "http://127.0.0.1:PORT/" + path
  [[nodiscard]] std::string url(const std::string& path = "") const;
  [[nodiscard]] std::vector<Request> requests() const;

 private:
  void run();

  Handler handler_;
  int listener_ = -1;
  int port_ = 0;
  int stop_pipe_[2] = {-1, -1};
  mutable std::mutex mutex_;
  std::vector<Request> requests_;
  std::thread thread_;
};

namespace detail {

inline std::string read_head(int socket) {
  std::string head;
  std::array<char, 1024> buffer;
  while (head.find("\r\n\r\n") == std::string::npos) {
    const ssize_t count = ::recv(socket, buffer.data(), buffer.size(), 0);
    if (count <= 0) break;
    head.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return head;
}

inline Request parse(const std::string& head) {
  Request request;
  const std::size_t path = head.find(' ') + 1;
  request.path = head.substr(path, head.find(' ', path) - path);
  const std::string marker = "Range: bytes=";
  const std::size_t range = head.find(marker);
  if (range != std::string::npos)
    request.range_start = std::stol(head.substr(range + marker.size()));
  return request;
}

}  // namespace detail

inline void LoopbackServer::Connection::send(const std::string& bytes) const {
  for (std::size_t sent = 0; sent < bytes.size();) {
    const ssize_t count = ::send(socket_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (count <= 0) return;  // the client went away, as clients may
    sent += static_cast<std::size_t>(count);
  }
}

inline void LoopbackServer::Connection::respond(const std::string& status, const std::string& body,
                                                const std::string& headers) const {
  send("HTTP/1.1 " + status + "\r\nConnection: close\r\nContent-Length: " +
       std::to_string(body.size()) + "\r\n" + headers + "\r\n" + body);
}

inline void LoopbackServer::Connection::serve(const std::string& body,
                                              const Request& request) const {
  if (request.range_start < 0) return respond("200 OK", body);
  const auto start = static_cast<std::size_t>(request.range_start);
  respond("206 Partial Content", body.substr(start),
          "Content-Range: bytes " + std::to_string(start) + "-" + std::to_string(body.size() - 1) +
              "/" + std::to_string(body.size()) + "\r\n");
}

inline void LoopbackServer::Connection::stall() const {
  std::array<pollfd, 2> waited{pollfd{socket_, POLLIN | POLLRDHUP, 0},
                               pollfd{server_.stop_pipe_[0], POLLIN, 0}};
  ::poll(waited.data(), waited.size(), -1);
}

inline LoopbackServer::LoopbackServer(Handler handler) : handler_(std::move(handler)) {
  ::setenv("no_proxy", "127.0.0.1", 1);  // a proxy of the environment would not find us
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_, generic, size) != 0 || ::listen(listener_, 16) != 0 ||
      ::getsockname(listener_, generic, &size) != 0 || ::pipe(stop_pipe_) != 0) {
    throw std::runtime_error("cannot listen on the loopback address");
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { run(); });
}

inline LoopbackServer::~LoopbackServer() {
  if (::write(stop_pipe_[1], "x", 1) != 1) std::abort();
  thread_.join();
  for (const int descriptor : {listener_, stop_pipe_[0], stop_pipe_[1]}) ::close(descriptor);
}

inline void LoopbackServer::run() {
  for (;;) {
    std::array<pollfd, 2> waited{pollfd{listener_, POLLIN, 0}, pollfd{stop_pipe_[0], POLLIN, 0}};
    ::poll(waited.data(), waited.size(), -1);
    if (waited[1].revents != 0) return;
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) continue;
    const Request request = detail::parse(detail::read_head(socket));
    int number = 0;
    {
      const std::lock_guard lock(mutex_);
      number = static_cast<int>(requests_.size());
      requests_.push_back(request);
    }
    handler_(Connection(socket, *this), request, number);
    ::shutdown(socket, SHUT_WR);
    ::close(socket);
  }
}

inline std::string LoopbackServer::url(const std::string& path) const {
  return "http://127.0.0.1:" + std::to_string(port_) + "/" + path;
}

inline std::vector<Request> LoopbackServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

}  // namespace saem::testing
