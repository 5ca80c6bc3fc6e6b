"""catalog -- what the generated events say: event names, their properties, words, places, devices.

Data only. EVENTS lists 40 track events, the most frequent first; a property is `key=kind`, a dot
in a key nests, a plus sign in a key stands for a blank. The kinds are made in shapes.py:

    id64     integer above 2^53 that no double holds      money   19.90       ratio   0.8731
    n:A:B    integer from A to B                          flag    true/false  time    UTC with Z
    word:L   one of list L below                          text    a phrase    url     an address
    uuid     random UUID                                  sku     AB-12345    number-or-text
    products an array of one to three products            list:L  an array of words of list L
    note     a phrase, often null or ""
"""

EVENTS = {
    "Product Viewed": "product_id=id64 sku=sku name=text brand=word:brand category=word:category "
                      "variant=word:variant price=money currency=word:currency quantity=n:1:5 "
                      "position=n:1:60 coupon=note url=url image_url=url",
    "Product List Viewed": "list_id=word:list category=word:category products=products "
                           "filters.brand=word:brand filters.inStock=flag sortOrder=word:sort",
    "Product Clicked": "product_id=id64 sku=sku name=text price=money position=n:1:60 list_id=word:list "
                       "image_url=url currency=word:currency",
    "Product Added": "cart_id=uuid product_id=id64 sku=sku name=text brand=word:brand price=money "
                     "quantity=n:1:9 currency=word:currency coupon=note variant=word:variant url=url",
    "Products Searched": "query=text resultCount=n:0:900 page=n:1:12 filters.category=word:category "
                         "filters.maxPrice=money tookMs=n:3:900 isSuggestion=flag",
    "Cart Viewed": "cart_id=uuid products=products itemCount=n:1:12 value=money currency=word:currency",
    "Checkout Started": "order_id=id64 affiliation=word:shop value=money revenue=money shipping=money "
                        "tax=money discount=number-or-text coupon=note currency=word:currency products=products",
    "Checkout Step Viewed": "checkout_id=uuid step=n:1:5 shipping_method=word:shipping "
                            "payment_method=word:payment",
    "Checkout Step Completed": "checkout_id=uuid step=n:1:5 shipping_method=word:shipping "
                               "payment_method=word:payment durationSeconds=ratio",
    "Order Completed": "order_id=id64 checkout_id=uuid affiliation=word:shop subtotal=money total=money "
                       "revenue=money shipping=money tax=money discount=number-or-text coupon=note "
                       "currency=word:currency isFirstOrder=flag products=products gift.message=note",
    "Payment Info Entered": "checkout_id=uuid order_id=id64 step=n:1:5 payment_method=word:payment "
                            "cardBrand=word:card savedCard=flag",
    "Order Updated": "order_id=id64 status=word:status total=money currency=word:currency "
                     "updatedFields=list:field reason=note",
    "Order Refunded": "order_id=id64 total=money currency=word:currency reason=text products=products",
    "Order Cancelled": "order_id=id64 total=money reason=text currency=word:currency byAgent=flag",
    "Product Removed": "cart_id=uuid product_id=id64 sku=sku name=text price=money quantity=n:1:9",
    "Product Shared": "share_via=word:channel share_message=text recipient=word:relation product_id=id64 url=url",
    "Product Reviewed": "product_id=id64 review_id=uuid review_body=text rating=n:1:5 verified=flag",
    "Product Added to Wishlist": "wishlist_id=uuid wishlist_name=text product_id=id64 sku=sku name=text price=money",
    "Coupon Entered": "order_id=id64 cart_id=uuid coupon_id=word:coupon",
    "Coupon Applied": "order_id=id64 cart_id=uuid coupon_id=word:coupon coupon_name=text discount=money",
    "Coupon Denied": "order_id=id64 cart_id=uuid coupon_id=word:coupon reason=text",
    "Promotion Viewed": "promotion_id=word:promotion creative=word:list name=text position=word:place",
    "Promotion Clicked": "promotion_id=word:promotion creative=word:list name=text position=word:place href=url",
    "Email Opened": "email_id=uuid email_subject=text campaign_id=id64 campaign_name=text list_id=word:list "
                    "list_name=text",
    "Email Link Clicked": "email_id=uuid email_subject=text link_id=n:1:40 link_url=url campaign_id=id64",
    "Campaign Link Clicked": "campaign_name=text campaign.name=text campaign.source=word:source "
                             "campaign.cost.amount=money campaign.cost.currency=word:currency landed=flag",
    "Push Notification Received": "message_id=uuid title=text body=text campaign.medium=word:source silent=flag",
    "Push Notification Tapped": "message_id=uuid action=word:field title=text latencyMs=n:80:90000",
    "Video Playback Started": "session_id=uuid content_asset_id=id64 video_player=word:player position=n:0:3600 "
                              "total_length=n:30:9000 bitrate=n:200:8000 sound=n:0:100 full_screen=flag",
    "Video Playback Completed": "session_id=uuid content_asset_id=id64 video_player=word:player "
                                "total_length=n:30:9000 full_screen=flag completion=ratio",
    "Signed Up": "method=word:login plan=word:plan referralCode=note marketingOptIn=flag",
    "Signed In": "method=word:login mfa=flag attempts=n:1:4",
    "Signed Out": "sessionSeconds=n:5:20000 reason=word:field",
    "Subscription Started": "subscription_id=id64 plan=word:plan mrr=money currency=word:currency "
                            "trial.days=n:0:30 trial.endsAt=time seats=n:1:250",
    "Subscription Cancelled": "subscription_id=id64 plan=word:plan reason=text churnScore=ratio endsAt=time",
    "Invoice Paid": "Invoice+ID=id64 amountDue=money amountPaid=money currency=word:currency "
                    "period.start=time period.end=time lines.count=n:1:30",
    "Support Ticket Opened": "ticketId=id64 subject=text priority=word:priority tags=list:field body=text",
    "Feature Used": "feature=word:feature experiment.id=n:1:90 experiment.variant=word:variant "
                    "durationMs=n:1:90000 meta.build.commit=uuid meta.build.dirty=flag",
    "File Uploaded": "file_name=text sizeBytes=id64 mimeType=word:mime durationMs=n:1:90000 ok=flag",
    "Error Shown": "code=n:400:599 message=text stack=text requestId=uuid retryable=flag probability=ratio",
}

# What page, screen, identify, group and alias carry, in the same notation.
PAGE = "path=url title=text search=note referrer=url scrollDepth=ratio"
SCREEN = "variant=word:variant previousScreen=word:feature loadMs=n:10:4000"
TRAITS = ("firstName=word:name lastName=word:name email=email phone=phone plan=word:plan createdAt=time "
          "address.city=word:city address.country=word:country address.postalCode=n:10000:99999 "
          "loginCount=n:1:4000 lifetimeValue=money isAdmin=flag company.id=id64 company.name=word:company "
          "bio=note")
COMPANY = ("name=word:company industry=word:category employees=n:1:90000 plan=word:plan "
           "annualRevenue=money website=url")

WORDS = {
    "brand": ["Acme", "Müller & Söhne", "L'Oréal", "Nørdic", "Contoso", "H&M <kids>", "東京堂", "Ørsted"],
    "category": ["Games", "Home & Garden", "Books", "Électroménager", "Kids <12", "Outdoor", "Бакалея", "家電"],
    "variant": ["Black", "Blanc cassé", "XL", "control", "treatment-b", "Größe 42"],
    "currency": ["USD", "EUR", "GBP", "JPY", "CHF"],
    "list": ["todays_deals", "best-sellers", "home/hero", "similar_items", "recently viewed"],
    "sort": ["price_asc", "price_desc", "relevance", "newest"],
    "shop": ["Web Store", "App Store", "Zürich Store", "Partner & Co"],
    "shipping": ["Standard", "Express", "Pick-up", "Colissimo"],
    "payment": ["Visa", "PayPal", "Twint", "SEPA", "Klarna"],
    "card": ["visa", "mastercard", "amex"],
    "status": ["pending", "shipped", "delivered", "on hold"],
    "field": ["shipping", "billing", "gift_wrap", "notes", "urgent", "timeout", "a&b"],
    "channel": ["email", "sms", "whatsapp", "link"],
    "relation": ["friend", "family", "self"],
    "coupon": ["SUMMER25", "WELCOME-10", "BLACKFRIDAY", "ÉTÉ2026"],
    "promotion": ["promo_1", "promo_42", "promo_spring"],
    "place": ["home_banner_top", "sidebar", "footer"],
    "source": ["google", "newsletter", "facebook", "partner<1>"],
    "player": ["youtube", "vimeo", "html5"],
    "login": ["password", "google", "sso/saml", "magic_link"],
    "plan": ["free", "team", "business", "enterprise"],
    "priority": ["low", "normal", "high"],
    "feature": ["export", "dashboard", "bulk_edit", "api_keys", "dark mode"],
    "mime": ["image/png", "application/pdf", "text/csv; charset=utf-8"],
    "name": ["Zoë", "Jürgen", "Ana", "O'Brien", "Łukasz", "山田", "Мария", "Nguyễn", "Smith", "de la Cruz"],
    "city": ["Zürich", "São Paulo", "Berlin", "New York", "大阪市", "Kraków", "Reykjavík"],
    "country": ["CH", "BR", "DE", "US", "JP", "PL", "IS"],
    "company": ["Initech", "Globex & Co", "Müller AG", "株式会社サクラ", "Hooli <beta>"],
}

PHRASES = [
    "Monopoly: 3rd Edition", "Wasserdichte Jacke für Männer", "crème brûlée set (6 pieces)", "50% off & free shipping",
    "He said \"never again\"", "C:\\Users\\shop\\cart", "line one\nline two", "tab\tseparated", "<b>bold</b> claim",
    "ノートパソコン 15インチ", "Привет, мир", "café ☕ and croissant 🥐", "O'Reilly's guide to SQL; DROP TABLE",
    "a,b;c|d", "naïve façade", "😀😃 happy", "Ünïcödé 100 %", "plain words only", "delivery took far too long & box was open",
    "blue suede shoes", "the \"best\" price < 20 €", "مرحبا بالعالم", "size: 42 / colour: grey", "quick fox",
]

PATHS = ["/", "/products/games", "/cart", "/checkout/2", "/account/orders", "/search", "/blog/2026/how-we-ship",
         "/fr/électroménager", "/pricing", "/docs/api#events", "/c/home-garden", "/help?topic=returns&lang=de"]

BROWSERS = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 "
    "Mobile/15E148 Safari/604.1"]

DEVICES = [("Apple", "iPhone15,4", "ios", "iOS", "17.5.1"), ("samsung", "SM-S918B", "android", "Android", "14"),
           ("Google", "Pixel 8 Pro", "android", "Android", "15"), ("Xiaomi", "2201116SG", "android", "Android", "13"),
           ("Apple", "iPad13,16", "ios", "iPadOS", "17.4")]

LOCALES = [("de-CH", "Europe/Zurich"), ("en-US", "America/New_York"), ("pt-BR", "America/Sao_Paulo"),
           ("ja-JP", "Asia/Tokyo"), ("pl-PL", "Europe/Warsaw"), ("en-GB", "Europe/London")]
